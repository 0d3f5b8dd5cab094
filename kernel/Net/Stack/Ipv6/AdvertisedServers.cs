using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The name servers that routers advertise (RFC 8106, 5.1).</summary>
internal sealed class AdvertisedServers
{
    /// <summary>The servers that there is room for: the first that are named.</summary>
    public const int Capacity = 4;

    private readonly (IpAddress Address, Instant Until)[] _servers = new (IpAddress, Instant)[Capacity];
    private int _count;

    /// <summary>Takes note of a server.</summary>
    /// <param name="address">The server.</param>
    /// <param name="until">Until when it may be asked; in the past for one that may not any more.</param>
    /// <param name="now">The time.</param>
    public void Set(IpAddress address, Instant until, Instant now)
    {
        int at = 0;
        while (at < _count && _servers[at].Address != address)
            at++;
        if (at < _count && until <= now)
            Remove(at);
        else if (at < Capacity && until > now)
            _servers[at] = (address, until);
        if (at == _count && until > now && at < Capacity)
            _count++;
    }

    /// <summary>The servers that may be asked.</summary>
    public AddressList At(Instant now)
    {
        AddressList list = default;
        for (int i = 0; i < _count; i++)
        {
            if (_servers[i].Until > now)
                list.Add(_servers[i].Address);
            else
                Remove(i--);
        }

        return list;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    private void Remove(int at)
    {
        for (_count--; at < _count; at++)
            _servers[at] = _servers[at + 1];
    }
}
