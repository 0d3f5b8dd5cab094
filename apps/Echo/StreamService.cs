using System.Net.Sockets;

namespace Echo;

/// <summary>A service over TCP.</summary>
internal abstract class StreamService
{
    /// <summary>What a connection waits for at first.</summary>
    public virtual SelectMode First => SelectMode.SelectRead;

    /// <summary>Does what can be done for a connection now.</summary>
    /// <returns>False if the connection is over.</returns>
    public abstract bool Serve(StreamConnection connection, SocketPoller poller);

    /// <summary>Takes back what the connection held.</summary>
    public virtual void OnEnd(StreamConnection connection)
    {
    }
}
