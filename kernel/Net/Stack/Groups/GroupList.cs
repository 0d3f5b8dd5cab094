using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The groups that endpoints have joined on one interface.</summary>
internal sealed class GroupList
{
    /// <summary>The groups that there is room for.</summary>
    public const int Capacity = 32;

    /// <summary>How often a change is told (RFC 3376, 8.1; RFC 3810, 9.1).</summary>
    public const int Robustness = 2;

    private readonly GroupMembership[] _groups = new GroupMembership[Capacity];

    /// <summary>Makes an empty one.</summary>
    public GroupList()
    {
        for (int i = 0; i < Capacity; i++)
            _groups[i] = new GroupMembership();
    }

    /// <summary>A place, which may be free.</summary>
    public GroupMembership this[int index] => _groups[index];

    /// <summary>Whether the interface is in a group.</summary>
    public bool IsJoined(IpAddress group) => Find(group) is { Users: > 0 };

    /// <summary>Whether the interface is in any group of IPv4.</summary>
    public bool HasIpv4
    {
        get
        {
            foreach (GroupMembership membership in _groups)
            {
                if (membership.Users != 0 && membership.Group.IsIpv4)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Joins a group, or joins others in it.</summary>
    /// <param name="group">The group.</param>
    /// <param name="isNew">Whether nobody was in it.</param>
    /// <returns>False if there is no room.</returns>
    public bool TryJoin(IpAddress group, out bool isNew)
    {
        isNew = false;
        GroupMembership? membership = Find(group) ?? FindFree();
        if (membership is null)
            return false;
        membership.Group = group;
        isNew = membership.Users++ == 0;
        if (isNew)
            Tell(membership);
        return true;
    }

    /// <summary>Leaves a group.</summary>
    /// <returns>Whether nobody is in it any more.</returns>
    public bool Leave(IpAddress group)
    {
        if (Find(group) is not { Users: > 0 } membership || --membership.Users != 0)
            return false;
        Tell(membership);
        return true;
    }

    /// <summary>On a new link, nobody knows of any.</summary>
    public void TellAll()
    {
        foreach (GroupMembership membership in _groups)
        {
            membership.Tellings = 0;
            if (membership.Users != 0)
                Tell(membership);
        }
    }

    private static void Tell(GroupMembership membership) => membership.Tellings = membership.IsTold ? Robustness : 0;

    private GroupMembership? Find(IpAddress group)
    {
        foreach (GroupMembership membership in _groups)
        {
            if (!membership.IsFree && membership.Group == group)
                return membership;
        }

        return null;
    }

    private GroupMembership? FindFree()
    {
        foreach (GroupMembership membership in _groups)
        {
            if (membership.IsFree)
                return membership;
        }

        return null;
    }
}
