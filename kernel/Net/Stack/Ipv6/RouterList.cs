using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The routers that say that they are one (RFC 4861, 5.1), the most preferred first (RFC 4191, 2.2).</summary>
internal sealed class RouterList
{
    /// <summary>The routers that there is room for: the first that speak.</summary>
    public const int Capacity = 4;

    private readonly Router[] _routers = new Router[Capacity];

    /// <summary>The number of routers.</summary>
    public int Count { get; private set; }

    /// <summary>When the next one is none any more.</summary>
    public Instant Earliest
    {
        get
        {
            Instant earliest = Instant.Never;
            for (int i = 0; i < Count; i++)
                earliest = Instant.Earlier(earliest, _routers[i].Until);
            return earliest;
        }
    }

    /// <summary>Takes note of a router.</summary>
    /// <param name="address">Its link-local address.</param>
    /// <param name="preference">High 1, medium 0, low -1.</param>
    /// <param name="until">Until when it is one; in the past for one that is none.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether the list is another one now.</returns>
    public bool Set(IpAddress address, int preference, Instant until, Instant now)
    {
        bool was = Remove(address, out Router before);
        if (until <= now)
            return was;
        if (Count == Capacity)
            return false;
        int at = Count++;
        for (; at > 0 && _routers[at - 1].Preference < preference; at--)
            _routers[at] = _routers[at - 1];
        _routers[at] = new Router(address, preference, until);
        return !was || before.Preference != preference;
    }

    /// <summary>Whether a host is in the list.</summary>
    public bool Contains(IpAddress address)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_routers[i].Address == address)
                return true;
        }

        return false;
    }

    /// <summary>Forgets those whose time has passed.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Expire(Instant now)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_routers[i].Until > now)
                _routers[kept++] = _routers[i];
        }

        bool expired = kept != Count;
        Count = kept;
        return expired;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = 0;

    /// <summary>The router to be used: the first that answers as far as is known, else the first (RFC 4861, 6.3.6).</summary>
    /// <returns>False if there is none.</returns>
    public bool TryChoose(NeighbourCache neighbours, out IpAddress router)
    {
        router = Count == 0 ? default : _routers[0].Address;
        for (int i = 0; i < Count; i++)
        {
            if (neighbours.IsInDoubt(_routers[i].Address))
                continue;
            router = _routers[i].Address;
            break;
        }

        return Count != 0;
    }

    private bool Remove(IpAddress address, out Router removed)
    {
        removed = default;
        for (int i = 0; i < Count; i++)
        {
            if (_routers[i].Address != address)
                continue;
            removed = _routers[i];
            for (Count--; i < Count; i++)
                _routers[i] = _routers[i + 1];
            return true;
        }

        return false;
    }

    private readonly record struct Router(IpAddress Address, int Preference, Instant Until);
}
