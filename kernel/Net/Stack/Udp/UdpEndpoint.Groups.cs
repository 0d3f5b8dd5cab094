using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The groups that an endpoint is in (RFC 1112; RFC 3493, 5.2): it alone gets what is sent to them.</summary>
public sealed partial class UdpEndpoint
{
    private const int MostGroups = 16;

    private (IpAddress Group, NetworkInterface Via)[]? _groups;
    private int _groupCount;
    private Destination? _groupDestination;

    /// <summary>How many hops what is sent to a group may take: 1, for those on the link, unless it was set.</summary>
    public int GroupHops
    {
        get;
        set
        {
            field = value;
            _destination = null;
        }
    } = Destination.GroupHopLimit;

    /// <summary>Joins a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="via">On which interface; null for the one that leads to it.</param>
    public GroupStatus Join(IpAddress group, NetworkInterface? via)
    {
        if (!group.IsMulticast)
            return GroupStatus.NoGroup;
        if ((via ?? _stack.FindGroupInterface(group)) is not { } on || (!group.IsIpv4 && on.Ipv6 is not { IsOn: true }))
            return GroupStatus.NoInterface;
        if (Find(group, on) >= 0)
            return GroupStatus.AlreadyIn;
        if (_groupCount == MostGroups || !on.TryJoin(group))
            return GroupStatus.TooMany;
        _groups ??= new (IpAddress, NetworkInterface)[MostGroups];
        _groups[_groupCount++] = (group, on);
        return GroupStatus.Done;
    }

    /// <summary>Leaves a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="via">On which interface; null for any.</param>
    public GroupStatus Leave(IpAddress group, NetworkInterface? via)
    {
        int at = Find(group, via);
        if (at < 0)
            return GroupStatus.NotIn;
        LeaveAt(at);
        return GroupStatus.Done;
    }

    /// <summary>Whether what was sent to a group is for this endpoint.</summary>
    internal bool IsIn(IpAddress group, NetworkInterface via) => Find(group, via) >= 0;

    private void LeaveAllGroups()
    {
        while (_groupCount != 0)
            LeaveAt(_groupCount - 1);
        GroupHops = Destination.GroupHopLimit;
    }

    private void LeaveAt(int at)
    {
        (IpAddress group, NetworkInterface via) = _groups![at];
        _groups[at] = _groups[--_groupCount];
        via.Leave(group);
    }

    private int Find(IpAddress group, NetworkInterface? via)
    {
        for (int i = 0; i < _groupCount; i++)
        {
            if (_groups![i].Group == group && (via is null || _groups[i].Via == via))
                return i;
        }

        return -1;
    }

    /// <summary>The way to a group with this endpoint's own number of hops, in headers of its own.</summary>
    private Destination WithHops(Destination usual)
    {
        if (!usual.Address.IsMulticast || GroupHops == Destination.GroupHopLimit)
            return usual;
        if (_groupDestination is null || _groupDestination.Via != usual.Via)
            _groupDestination = usual.Via.MakeDestination();
        _groupDestination.CopyFrom(usual, usual.Via.LinkAddress, (byte)GroupHops);
        return _groupDestination;
    }
}
