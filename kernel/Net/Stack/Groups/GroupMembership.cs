using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A group that an interface is in, or of whose leaving it has still to tell.</summary>
internal sealed class GroupMembership
{
    /// <summary>The group, of either version of IP.</summary>
    public IpAddress Group;

    /// <summary>How many endpoints are in it.</summary>
    public int Users;

    /// <summary>How often it is still to be told that the interface joined or left it.</summary>
    public int Tellings;

    /// <summary>Whether routers and switches are told of it: not of every host's group (RFC 3376, 5; RFC 3810, 6).</summary>
    public bool IsTold => Group.IsIpv4 ? Group != Ipv4Group.AllHosts : Ipv6Group.IsToldOf(Group);

    /// <summary>Whether the place may be another group's.</summary>
    public bool IsFree => Users == 0 && Tellings == 0;
}
