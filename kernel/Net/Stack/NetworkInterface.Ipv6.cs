using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What an interface has of IPv6: nothing at all until it is told to speak it.</summary>
public sealed partial class NetworkInterface
{
    /// <summary>Whether it has an IPv6 address that is good beyond the link.</summary>
    public bool HasGlobalIpv6Address => Ipv6?.Addresses.Global is not null;

    /// <summary>The IPv6 address that is good on the link alone; <c>default</c> if there is none, or not yet.</summary>
    public IpAddress LinkLocalAddress => Ipv6?.Addresses.LinkLocal?.Address ?? default;

    /// <summary>The address by which people know the interface: of IPv4 if it has one.</summary>
    public IpAddress UsualAddress => HasAddress ? Address.Address : Ipv6?.Addresses.Global?.Address ?? default;

    /// <summary>IPv6; null for an interface that never spoke it.</summary>
    internal Ipv6Layer? Ipv6 { get; private set; }

    /// <summary>How many whole ICMPv6 messages of a type have arrived.</summary>
    public long Icmpv6Received(Icmpv6Type type) => Ipv6?.Icmp.Received(type) ?? 0;

    /// <summary>Whether an address of either version is the interface's own.</summary>
    internal bool IsOwn(IpAddress address) =>
        address.IsIpv4 ? HasAddress && Address.Address == address : Ipv6 is not null && Ipv6.Addresses.IsOurs(address);

    /// <summary>A neighbour has not answered: if it is a router, another one may take its place (RFC 4861, 6.3.6).</summary>
    internal void OnSilence(IpAddress neighbour)
    {
        if (Ipv6 is not null && Ipv6.Routers.IsRouter(neighbour))
            InvalidateDestinations();
    }

    private void ConfigureIpv6(Ipv6Configuration configuration)
    {
        if (configuration.IsOn && Ipv6 is null)
        {
            Ipv6 = new Ipv6Layer(this, _stack, _info, _neighbours, _output, _transmit, _reassembler);
            Udp.Icmpv6 = Ipv6.Icmp;
        }

        Ipv6?.Configure(configuration);
        _ethernet.Ipv6 = configuration.IsOn ? Ipv6!.Input : null;
    }

    private unsafe void ExpireFragments(Instant now)
    {
        while (_reassembler.TakeExpired(now, out byte* ip) is { } first)
        {
            if (((Ipv6Header*)ip)->Version == 6)
                Ipv6!.Input.TellExpired(first, (Ipv6Header*)ip);
            else
                _ipv4.TellExpired(first, (Ipv4Header*)ip);
        }
    }
}
