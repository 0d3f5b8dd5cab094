namespace Guest.Net.Wire;

/// <summary>Groups of IPv4 (RFC 1112, 4) and their link addresses.</summary>
public static class Ipv4Group
{
    /// <summary>224.0.0.1: every host on the link that has joined any group.</summary>
    public static IpAddress AllHosts => IpAddress.FromIpv4(0xe000_0001);

    /// <summary>224.0.0.2: every router on the link.</summary>
    public static IpAddress AllRouters => IpAddress.FromIpv4(0xe000_0002);

    /// <summary>224.0.0.22: those that learn who is in which group (RFC 3376, 4.2.14).</summary>
    public static IpAddress MembershipRouters => IpAddress.FromIpv4(0xe000_0016);

    /// <summary>The link address of a group: 01:00:5e and its low 23 bits (RFC 1112, 6.4).</summary>
    public static MacAddress LinkAddress(IpAddress group) => new(0x0100_5e00_0000UL | (group.Ipv4 & 0x7f_ffff));
}
