namespace System.Net.Sockets;

/// <summary>What a socket carries; the BCL's values.</summary>
public enum SocketType
{
    /// <summary>None known.</summary>
    Unknown = -1,

    /// <summary>A stream of bytes: TCP.</summary>
    Stream = 1,

    /// <summary>Datagrams: UDP.</summary>
    Dgram = 2,

    /// <summary>What lies below: with <see cref="AddressFamily.Packet"/> whole frames.</summary>
    Raw = 3,
}
