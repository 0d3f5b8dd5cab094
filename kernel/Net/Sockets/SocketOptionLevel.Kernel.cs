namespace System.Net.Sockets;

/// <summary>Whom an option is for; the BCL's values.</summary>
public enum SocketOptionLevel
{
    /// <summary>IPv4.</summary>
    IP = 0,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>IPv6.</summary>
    IPv6 = 41,

    /// <summary>Any socket.</summary>
    Socket = 0xffff,
}
