namespace Guest.Net.Wire;

/// <summary>Groups of IPv6 on a link (RFC 4291, 2.7) and their link addresses.</summary>
public static class Ipv6Group
{
    private const ulong LinkScope = 0xff02_0000_0000_0000;
    private const ulong InterfaceScope = 0xff01_0000_0000_0000;

    /// <summary>ff02::1: every host on the link.</summary>
    public static IpAddress AllNodes => new(LinkScope, 1);

    /// <summary>ff02::2: every router on the link.</summary>
    public static IpAddress AllRouters => new(LinkScope, 2);

    /// <summary>ff02::16: those that learn who listens to which group (RFC 3810, 5.2.14).</summary>
    public static IpAddress ListenerRouters => new(LinkScope, 0x16);

    /// <summary>The group in which an address is asked for: ff02::1:ffXX:XXXX (RFC 4291, 2.7.1).</summary>
    public static IpAddress SolicitedNode(IpAddress address) => new(LinkScope, 0x1_ff00_0000 | (address.Low & 0xff_ffff));

    /// <summary>Whether a group is that of every host on the link, or within it.</summary>
    public static bool IsAllNodes(IpAddress group) => group == AllNodes || group == new IpAddress(InterfaceScope, 1);

    /// <summary>Whether routers and switches are told who is in a group: not of every host's, nor of one within a host (RFC 3810, 6).</summary>
    public static bool IsToldOf(IpAddress group) => group != AllNodes && ((int)(group.High >> 48) & 15) > 1;

    /// <summary>The link address of a group: 33:33 and the last four bytes (RFC 2464, 7).</summary>
    public static MacAddress LinkAddress(IpAddress group) => new(0x3333_0000_0000UL | (uint)group.Low);
}
