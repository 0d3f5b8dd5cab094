namespace Guest.Net.Wire;

/// <summary>What an IP packet carries (IANA, Assigned Internet Protocol Numbers).</summary>
public enum IpProtocol : byte
{
    /// <summary>RFC 792.</summary>
    Icmp = 1,

    /// <summary>RFC 9293.</summary>
    Tcp = 6,

    /// <summary>RFC 768.</summary>
    Udp = 17,
}
