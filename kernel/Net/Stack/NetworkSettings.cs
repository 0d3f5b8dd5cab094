using System;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What an interface is told about itself and its network, by the command line or by a DHCP server.</summary>
internal sealed class NetworkSettings
{
    /// <summary>The longest domain name, or list of them, in bytes (RFC 1035, 2.3.4).</summary>
    public const int LongestName = 255;

    private readonly byte[] _domain = new byte[LongestName];
    private readonly byte[] _search = new byte[LongestName];
    private int _domainLength;
    private int _searchLength;

    /// <summary>The interface's address and the length of its network's prefix.</summary>
    public IpPrefix Address;

    /// <summary>The largest packet in bytes; 0 for what the device takes.</summary>
    public int Mtu;

    /// <summary>The name servers.</summary>
    public AddressList NameServers;

    /// <summary>The time servers.</summary>
    public AddressList TimeServers;

    /// <summary>The networks that can be reached.</summary>
    public RouteTable Routes { get; } = new();

    /// <summary>The domain that the machine belongs to, in ASCII; empty if unknown.</summary>
    public ReadOnlySpan<byte> Domain => _domain.AsSpan(0, _domainLength);

    /// <summary>The domains in which short names are looked for, in ASCII, with a space between two of them; empty if unknown.</summary>
    public ReadOnlySpan<byte> SearchDomains => _search.AsSpan(0, _searchLength);

    /// <summary>Begins anew: an address, the way to its network, and nothing else.</summary>
    public void Begin(IpPrefix address)
    {
        Address = address;
        Mtu = 0;
        NameServers = default;
        TimeServers = default;
        _domainLength = 0;
        _searchLength = 0;
        Routes.Clear();
        if (address.Length < 32)
            Routes.TryAdd(new Route(address, default));
    }

    /// <summary>Sets the domain; a name that is too long is left out.</summary>
    public void SetDomain(ReadOnlySpan<byte> name) => _domainLength = Copy(name, _domain);

    /// <summary>Sets the search list; one that is too long is left out.</summary>
    public void SetSearchDomains(ReadOnlySpan<byte> names) => _searchLength = Copy(names, _search);

    private static int Copy(ReadOnlySpan<byte> text, byte[] to)
    {
        if (text.Length > to.Length)
            return 0;
        text.CopyTo(to);
        return text.Length;
    }
}
