using System;
using System.Diagnostics.CodeAnalysis;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Where an interface's addresses come from: of IPv4 DHCP, or these values; of IPv6 what <see cref="Ipv6"/> says. The kernel options
/// <c>ip=</c>, <c>gateway=</c>, <c>dns=</c>, <c>ip6=</c>.</summary>
public sealed class InterfaceConfiguration
{
    private NetworkSettings? _settings;

    private InterfaceConfiguration()
    {
    }

    /// <summary>Ask a DHCP server.</summary>
    public static InterfaceConfiguration FromDhcp { get; } = new() { UsesDhcp = true };

    /// <summary>Whether a DHCP server is asked; the other values are then unset.</summary>
    public bool UsesDhcp { get; private init; }

    /// <summary>The interface's address and the length of its network's prefix.</summary>
    public IpPrefix Address { get; private init; }

    /// <summary>The router to everywhere else; <c>default</c> if there is none.</summary>
    public IpAddress Gateway { get; private init; }

    /// <summary>The name servers; none for those that the network itself says.</summary>
    public AddressList NameServers { get; private init; }

    /// <summary>Where IPv6 addresses come from: from nowhere, unless <see cref="With"/> says so.</summary>
    public Ipv6Configuration Ipv6 { get; private init; } = Ipv6Configuration.Off;

    /// <summary>The same with IPv6.</summary>
    public InterfaceConfiguration With(Ipv6Configuration ipv6) =>
        new() { UsesDhcp = UsesDhcp, Address = Address, Gateway = Gateway, NameServers = NameServers, Ipv6 = ipv6 };

    /// <summary>A fixed configuration.</summary>
    public static InterfaceConfiguration Fixed(IpPrefix address, IpAddress gateway = default, AddressList nameServers = default) =>
        new() { Address = address, Gateway = gateway, NameServers = nameServers };

    /// <summary>The same as an interface uses it, in one object that every call fills anew; not for <see cref="UsesDhcp"/>.</summary>
    internal NetworkSettings ToSettings()
    {
        NetworkSettings settings = _settings ??= new();
        settings.Begin(Address);
        if (Gateway.IsIpv4)
            settings.Routes.TryAdd(new Route(new IpPrefix(IpAddress.AnyIpv4, 0), Gateway));
        return settings;
    }

    /// <summary>Reads the values of the three kernel options.</summary>
    /// <param name="ip"><c>dhcp</c>, an address with its prefix's length, or null for <c>dhcp</c>.</param>
    /// <param name="gateway">A router's address, or null; it may lie outside the network, as clouds have it, and is on the link all the same.</param>
    /// <param name="nameServers">An address or several, with a comma between two of them; or null.</param>
    /// <param name="configuration">What they mean together.</param>
    /// <param name="error">What is wrong, for the console.</param>
    public static bool TryParse(string? ip, string? gateway, string? nameServers, [NotNullWhen(true)] out InterfaceConfiguration? configuration, [NotNullWhen(false)] out string? error)
    {
        configuration = null;
        error = null;
        AddressList servers = default;
        if (nameServers is not null && !TryParseServers(nameServers, out servers))
        {
            error = "dns= must be one to four addresses: dns=10.0.0.1,2001:db8::53";
            return false;
        }

        if (ip is null or "dhcp")
        {
            if (gateway is not null)
                error = "gateway= goes with ip=ADDRESS/LENGTH; with ip=dhcp the server names the gateway";
            else
                configuration = new() { UsesDhcp = true, NameServers = servers };
            return error is null;
        }

        IpAddress router = default;
        if (!IpPrefix.TryParse(ip, out IpPrefix address))
            error = "ip= must be dhcp, or an address with its prefix length: ip=10.0.0.2/24";
        else if (!IsHost(address))
            error = "ip= must be one host's IPv4 address, neither the network's own nor a broadcast, loopback or multicast address";
        else if (gateway is not null && !IpAddress.TryParse(gateway, out router))
            error = "gateway= must be an address: gateway=10.0.0.1";
        else if (gateway is not null && (!IsHost(new IpPrefix(router, 32)) || router == address.Address))
            error = "gateway= must be another host's IPv4 address";
        else
            configuration = Fixed(address, router, servers);
        return error is null;
    }

    private static bool TryParseServers(ReadOnlySpan<char> text, out AddressList servers)
    {
        servers = default;
        while (true)
        {
            int comma = text.IndexOf(',');
            ReadOnlySpan<char> first = comma < 0 ? text : text[..comma];
            if (servers.Count == AddressList.Capacity || !IpAddress.TryParse(first, out IpAddress server) || server.IsUnspecified || server.IsMulticast)
                return false;
            servers.Add(server);
            if (comma < 0)
                return true;
            text = text[(comma + 1)..];
        }
    }

    /// <summary>Whether an address can be an interface's own.</summary>
    internal static bool IsHost(IpPrefix prefix)
    {
        IpAddress address = prefix.Address;
        if (!address.IsIpv4 || address.Ipv4 >> 28 >= 14 || address.Ipv4 >> 24 is 0 or 127)
            return false;
        uint host = address.Ipv4 & ~prefix.MaskIpv4;
        return prefix.Length >= 31 || (prefix.Length > 0 && host != 0 && host != ~prefix.MaskIpv4);
    }
}
