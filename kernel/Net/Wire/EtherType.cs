namespace Guest.Net.Wire;

/// <summary>What an Ethernet frame carries (IEEE 802 numbers, as registered by IANA).</summary>
public enum EtherType : ushort
{
    /// <summary>RFC 894.</summary>
    Ipv4 = 0x0800,

    /// <summary>RFC 826.</summary>
    Arp = 0x0806,

    /// <summary>A tag with priority and VLAN (IEEE 802.1Q, 9.6), behind which the type of the content stands.</summary>
    Vlan = 0x8100,

    /// <summary>RFC 2464.</summary>
    Ipv6 = 0x86dd,
}
