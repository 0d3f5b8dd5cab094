using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The prefixes whose hosts are on the link themselves (RFC 4861, 5.1), beside fe80::/64.</summary>
internal sealed class PrefixList
{
    /// <summary>The prefixes that there is room for: the first that are advertised.</summary>
    public const int Capacity = 8;

    private readonly (IpPrefix Prefix, Instant Until)[] _prefixes = new (IpPrefix, Instant)[Capacity];
    private int _count;

    /// <summary>When the next one ends.</summary>
    public Instant Earliest
    {
        get
        {
            Instant earliest = Instant.Never;
            for (int i = 0; i < _count; i++)
                earliest = Instant.Earlier(earliest, _prefixes[i].Until);
            return earliest;
        }
    }

    /// <summary>Adds a prefix, prolongs it, or ends it.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="until">Until when its hosts are on the link; in the past if they are not.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether other hosts are on the link now.</returns>
    public bool Set(IpPrefix prefix, Instant until, Instant now)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_prefixes[i].Prefix.Length != prefix.Length || !prefix.Contains(_prefixes[i].Prefix.Address))
                continue;
            if (until > now)
                _prefixes[i].Until = until;
            else
                _prefixes[i] = _prefixes[--_count];
            return until <= now;
        }

        if (until <= now || _count == Capacity)
            return false;
        _prefixes[_count++] = (prefix, until);
        return true;
    }

    /// <summary>Forgets those whose time has passed.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Expire(Instant now)
    {
        bool expired = false;
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_prefixes[i].Until > now)
                continue;
            _prefixes[i] = _prefixes[--_count];
            expired = true;
        }

        return expired;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    /// <summary>Whether an address is on the link, and how specific the prefix is that says so: 0 if none does.</summary>
    public bool Contains(IpAddress address, out int length)
    {
        length = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_prefixes[i].Prefix.Length > length && _prefixes[i].Prefix.Contains(address))
                length = _prefixes[i].Prefix.Length;
        }

        return length != 0;
    }
}
