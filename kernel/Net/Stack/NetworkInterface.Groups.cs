using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The groups that endpoints have joined on an interface: nothing at all until one does.</summary>
public sealed partial class NetworkInterface
{
    /// <summary>The groups; null if none was ever joined.</summary>
    internal GroupList? Groups { get; private set; }

    /// <summary>Takes one more endpoint into a group.</summary>
    /// <returns>False if there is no room for another group.</returns>
    internal bool TryJoin(IpAddress group)
    {
        GroupList groups = Groups ??= new GroupList();
        if (!groups.TryJoin(group, out bool isNew))
            return false;
        if (group.IsIpv4)
            _ipv4.Igmp ??= new IgmpLayer(this, _stack, groups, _transmit);
        if (isNew)
            TellOfGroups(group, _stack.ReadClock());
        return true;
    }

    /// <summary>Lets an endpoint out of a group.</summary>
    internal void Leave(IpAddress group)
    {
        if (Groups!.Leave(group))
            TellOfGroups(group, _stack.ReadClock());
    }

    private void TellOfGroups(IpAddress changed, Instant now)
    {
        if (changed.IsIpv4)
            _ipv4.Igmp?.OnChange(now);
        else
            Ipv6?.Listeners.OnChange(now);
    }

    private void TellAllGroups(Instant now)
    {
        Groups?.TellAll();
        _ipv4.Igmp?.OnChange(now);
    }
}
