namespace System.Net.Sockets;

/// <summary>Which kind of address an end point has; the BCL's values.</summary>
public enum AddressFamily
{
    /// <summary>None known.</summary>
    Unknown = -1,

    /// <summary>Any.</summary>
    Unspecified = 0,

    /// <summary>IPv4.</summary>
    InterNetwork = 2,

    /// <summary>IPv6.</summary>
    InterNetworkV6 = 23,

    /// <summary>Ethernet's: whole frames.</summary>
    Packet = 65536,
}
