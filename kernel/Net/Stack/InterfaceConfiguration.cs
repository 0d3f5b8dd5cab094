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

    /// <summary>The name server; <c>default</c> if there is none.</summary>
    public IpAddress NameServer { get; private init; }

    /// <summary>Where IPv6 addresses come from: from nowhere, unless <see cref="With"/> says so.</summary>
    public Ipv6Configuration Ipv6 { get; private init; } = Ipv6Configuration.Off;

    /// <summary>The same with IPv6.</summary>
    public InterfaceConfiguration With(Ipv6Configuration ipv6) =>
        new() { UsesDhcp = UsesDhcp, Address = Address, Gateway = Gateway, NameServer = NameServer, Ipv6 = ipv6 };

    /// <summary>A fixed configuration.</summary>
    public static InterfaceConfiguration Fixed(IpPrefix address, IpAddress gateway = default, IpAddress nameServer = default) =>
        new() { Address = address, Gateway = gateway, NameServer = nameServer };

    /// <summary>The same as an interface uses it, in one object that every call fills anew; not for <see cref="UsesDhcp"/>.</summary>
    internal NetworkSettings ToSettings()
    {
        NetworkSettings settings = _settings ??= new();
        settings.Begin(Address);
        if (Gateway.IsIpv4)
            settings.Routes.TryAdd(new Route(new IpPrefix(IpAddress.AnyIpv4, 0), Gateway));
        if (NameServer.IsIpv4)
            settings.NameServers.Add(NameServer);
        return settings;
    }

    /// <summary>Reads the values of the three kernel options.</summary>
    /// <param name="ip"><c>dhcp</c>, an address with its prefix's length, or null for <c>dhcp</c>.</param>
    /// <param name="gateway">A router's address, or null; it may lie outside the network, as clouds have it, and is on the link all the same.</param>
    /// <param name="nameServer">An address, or null.</param>
    /// <param name="configuration">What they mean together.</param>
    /// <param name="error">What is wrong, for the console.</param>
    public static bool TryParse(string? ip, string? gateway, string? nameServer, [NotNullWhen(true)] out InterfaceConfiguration? configuration, [NotNullWhen(false)] out string? error)
    {
        configuration = null;
        error = null;
        if (ip is null or "dhcp")
        {
            if (gateway is not null)
                error = "gateway= goes with ip=ADDRESS/LENGTH; with ip=dhcp the server names the gateway";
            else if (nameServer is not null)
                error = "dns= goes with ip=ADDRESS/LENGTH; with ip=dhcp the server names the name server";
            else
                configuration = FromDhcp;
            return error is null;
        }

        IpAddress router = default;
        IpAddress resolver = default;
        if (!IpPrefix.TryParse(ip, out IpPrefix address))
            error = "ip= must be dhcp, or an address with its prefix length: ip=10.0.0.2/24";
        else if (!IsHost(address))
            error = "ip= must be one host's IPv4 address, neither the network's own nor a broadcast, loopback or multicast address";
        else if (gateway is not null && !IpAddress.TryParse(gateway, out router))
            error = "gateway= must be an address: gateway=10.0.0.1";
        else if (gateway is not null && (!IsHost(new IpPrefix(router, 32)) || router == address.Address))
            error = "gateway= must be another host's IPv4 address";
        else if (nameServer is not null && !IpAddress.TryParse(nameServer, out resolver))
            error = "dns= must be an address: dns=10.0.0.1";
        else
            configuration = Fixed(address, router, resolver);
        return error is null;
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
