using System.Net.Sockets;

namespace System.Net;

/// <summary>An end of communication.</summary>
public abstract class EndPoint
{
    /// <summary>The kind of its address.</summary>
    public virtual AddressFamily AddressFamily => throw new NotImplementedException();

    /// <summary>The address in the form that sockets take.</summary>
    public virtual SocketAddress Serialize() => throw new NotImplementedException();

    /// <summary>An end point of the same kind from such a form.</summary>
    public virtual EndPoint Create(SocketAddress socketAddress) => throw new NotImplementedException();
}
