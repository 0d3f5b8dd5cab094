namespace Guest.Net.Wire;

/// <summary>What an IP packet carries (IANA, Assigned Internet Protocol Numbers); of IPv6 also what extends its header (RFC 8200, 4).</summary>
public enum IpProtocol : byte
{
    /// <summary>Options for every node on the way (RFC 8200, 4.3).</summary>
    HopByHopOptions = 0,

    /// <summary>RFC 792.</summary>
    Icmp = 1,

    /// <summary>RFC 3376.</summary>
    Igmp = 2,

    /// <summary>RFC 9293.</summary>
    Tcp = 6,

    /// <summary>RFC 768.</summary>
    Udp = 17,

    /// <summary>A routing header (RFC 8200, 4.4).</summary>
    Routing = 43,

    /// <summary>A fragment header (RFC 8200, 4.5).</summary>
    Fragment = 44,

    /// <summary>RFC 4443.</summary>
    Icmpv6 = 58,

    /// <summary>Nothing (RFC 8200, 4.7).</summary>
    NoNextHeader = 59,

    /// <summary>Options for the receiver (RFC 8200, 4.6).</summary>
    DestinationOptions = 60,

    /// <summary>Reserved: no packet carries it.</summary>
    Reserved = 255,
}
