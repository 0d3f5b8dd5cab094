using System;
using System.Diagnostics.CodeAnalysis;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Where an interface's IPv6 addresses come from: the kernel option <c>ip6=</c>.</summary>
public sealed class Ipv6Configuration
{
    private Ipv6Configuration()
    {
    }

    /// <summary>No IPv6: frames of it are dropped, and none is sent.</summary>
    public static Ipv6Configuration Off { get; } = new();

    /// <summary>An address for the link alone, and one for each prefix that a router advertises.</summary>
    public static Ipv6Configuration Automatic { get; } = new() { IsOn = true, HearsRouters = true };

    /// <summary>Whether the interface speaks IPv6.</summary>
    public bool IsOn { get; private init; }

    /// <summary>Whether it takes addresses and routers as they are advertised.</summary>
    public bool HearsRouters { get; private init; }

    /// <summary>An address of its own beside the link's; <c>default</c> if there is none.</summary>
    public IpPrefix Address { get; private init; }

    /// <summary>The router to everywhere else, if routers are not heard; <c>default</c> if there is none.</summary>
    public IpAddress Gateway { get; private init; }

    /// <summary>An address for the link alone, and a given one.</summary>
    public static Ipv6Configuration Fixed(IpPrefix address, IpAddress gateway = default) =>
        new() { IsOn = true, Address = address, Gateway = gateway };

    /// <summary>Reads the value of the kernel option.</summary>
    /// <param name="ip6"><c>auto</c>, <c>off</c>, or an address with its prefix's length, and perhaps a comma and a router; null for <c>auto</c>.</param>
    /// <param name="configuration">What it means.</param>
    /// <param name="error">What is wrong, for the console.</param>
    public static bool TryParse(string? ip6, [NotNullWhen(true)] out Ipv6Configuration? configuration, [NotNullWhen(false)] out string? error)
    {
        configuration = null;
        error = null;
        if (ip6 is null or "auto")
        {
            configuration = Automatic;
            return true;
        }

        if (ip6 is "off")
        {
            configuration = Off;
            return true;
        }

        ReadOnlySpan<char> address = ip6;
        ReadOnlySpan<char> router = default;
        int comma = address.IndexOf(',');
        if (comma >= 0)
        {
            router = address[(comma + 1)..];
            address = address[..comma];
        }

        IpAddress gateway = default;
        if (!IpPrefix.TryParse(address, out IpPrefix prefix) || prefix.Address.IsIpv4)
            error = "ip6= must be auto, off, or an address with its prefix length and perhaps a router: ip6=2001:db8::2/64,2001:db8::1";
        else if (!IsHost(prefix.Address) || prefix.Length == 0)
            error = "ip6= must be one host's IPv6 address, neither loopback nor multicast, nor one that is good on the link alone";
        else if (comma >= 0 && (!IpAddress.TryParse(router, out gateway) || gateway.IsIpv4 || !IsNeighbour(gateway) || gateway == prefix.Address))
            error = "ip6= must name another host as the router: ip6=2001:db8::2/64,2001:db8::1";
        else
            configuration = Fixed(prefix, gateway);
        return error is null;
    }

    private static bool IsHost(IpAddress address) => IsNeighbour(address) && !address.IsLinkLocal;

    private static bool IsNeighbour(IpAddress address) => !address.IsUnspecified && !address.IsIpv6Loopback && !address.IsMulticast;
}
