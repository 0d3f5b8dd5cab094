namespace System.Net.Sockets;

/// <summary>What can be set or asked for; the BCL's values, of those that the kernel knows.</summary>
public enum SocketOptionName
{
    /// <summary>TCP: short segments are sent at once.</summary>
    NoDelay = 1,

    /// <summary>TCP: seconds of silence after which the other end is asked whether it is still there.</summary>
    TcpKeepAliveTime = 3,

    /// <summary>Accepted, and changes nothing: a port whose connections end by themselves is free.</summary>
    ReuseAddress = 4,

    /// <summary>Whether the other end of a silent connection is asked whether it is still there.</summary>
    KeepAlive = 8,

    /// <summary>UDP: how many hops what is sent to a group may take.</summary>
    MulticastTimeToLive = 10,

    /// <summary>UDP: whether what is sent to a group comes back to this machine, which it never does.</summary>
    MulticastLoopback = 11,

    /// <summary>UDP: joins a group: a <see cref="MulticastOption"/> or an <see cref="IPv6MulticastOption"/>.</summary>
    AddMembership = 12,

    /// <summary>UDP: leaves a group.</summary>
    DropMembership = 13,

    /// <summary>TCP: how often it is asked before the connection is given up.</summary>
    TcpKeepAliveRetryCount = 16,

    /// <summary>TCP: seconds between two such questions.</summary>
    TcpKeepAliveInterval = 17,

    /// <summary>Whether a socket of IPv6 takes IPv6 alone.</summary>
    IPv6Only = 27,

    /// <summary>Whether broadcasts may be sent.</summary>
    Broadcast = 32,

    /// <summary>How closing treats what was not delivered: a <see cref="LingerOption"/>.</summary>
    Linger = 128,

    /// <summary>Bytes that may wait to be delivered.</summary>
    SendBuffer = 4097,

    /// <summary>Bytes that may wait to be received.</summary>
    ReceiveBuffer = 4098,

    /// <summary>Milliseconds that sending waits.</summary>
    SendTimeout = 4101,

    /// <summary>Milliseconds that receiving waits.</summary>
    ReceiveTimeout = 4102,

    /// <summary>What ended the connection: a <see cref="SocketError"/>'s number.</summary>
    Error = 4103,

    /// <summary>The <see cref="SocketType"/>.</summary>
    Type = 4104,
}
