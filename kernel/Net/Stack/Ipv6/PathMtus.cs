using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Addresses to which packets as long as the link takes do not get through, and how long they may be (RFC 8201).</summary>
internal sealed class PathMtus
{
    private const int Capacity = 64;

    /// <summary>After so long it is tried whether longer ones get through (RFC 8201, 4).</summary>
    private static readonly Duration s_lifetime = Duration.FromSeconds(600);

    private readonly Path[] _paths = new Path[Capacity];
    private int _count;
    private int _next;

    /// <summary>The longest packet to an address, in bytes.</summary>
    /// <param name="address">The address.</param>
    /// <param name="link">The longest that the link takes.</param>
    public int Find(IpAddress address, int link)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_paths[i].Address == address)
                return _paths[i].Mtu < link ? _paths[i].Mtu : link;
        }

        return link;
    }

    /// <summary>Takes note of a path; where there is no room, the one that was learned first gives way.</summary>
    /// <returns>When to call <see cref="Expire"/>.</returns>
    public Instant Learn(IpAddress address, int mtu, Instant now)
    {
        int at = 0;
        while (at < _count && _paths[at].Address != address)
            at++;
        if (at == Capacity)
        {
            at = _next;
            _next = (_next + 1) % Capacity;
        }
        else if (at == _count)
        {
            _count++;
        }

        Instant until = now + s_lifetime;
        _paths[at] = new Path(address, mtu, until);
        return until;
    }

    /// <summary>Forgets those whose time has passed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="earliest">When the next one's time has passed.</param>
    /// <returns>Whether there was one.</returns>
    public bool Expire(Instant now, out Instant earliest)
    {
        bool expired = false;
        earliest = Instant.Never;
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_paths[i].Until <= now)
            {
                _paths[i] = _paths[--_count];
                expired = true;
            }
            else if (_paths[i].Until < earliest)
            {
                earliest = _paths[i].Until;
            }
        }

        return expired;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    private readonly record struct Path(IpAddress Address, int Mtu, Instant Until);
}
