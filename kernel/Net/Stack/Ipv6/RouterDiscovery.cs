using System;
using System.Buffers.Binary;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Asks for routers and takes what they advertise (RFC 4861, 6.3): themselves, prefixes, the MTU, name servers.</summary>
/// <remarks>Anybody on the link can advertise. So everything has its bound, what is there does not give way to what is new, the hop limit and the MTU have a
/// floor, and the timers of neighbour discovery are this host's own.</remarks>
internal sealed class RouterDiscovery
{
    private const int HopLimitOffset = 4;
    private const int FlagsOffset = 5;
    private const int LifetimeOffset = 6;
    private const int OptionsOffset = 16;
    private const int SolicitationOptions = 8;

    // The least that any system uses.
    private const byte LeastHopLimit = 32;

    private const uint FirstSolicitationMilliseconds = 1000;
    private const long ShortestIntervalSeconds = 4;
    private const long LongestIntervalSeconds = 3600;

    private readonly Ipv6Layer _ipv6;
    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly NeighbourCache _neighbours;
    private readonly Icmpv6Sender _sender;
    private readonly DropCounters _drops;
    private readonly Timer _solicitation;
    private readonly Timer _expiry;
    private readonly RouterList _routers = new();
    private readonly PrefixList _prefixes = new();
    private readonly AdvertisedServers _servers = new();
    private long _intervalSeconds;

    /// <summary>Makes that of an interface.</summary>
    public RouterDiscovery(Ipv6Layer ipv6, NetworkInterface owner, NetworkStack stack, NeighbourCache neighbours, Icmpv6Sender sender)
    {
        _ipv6 = ipv6;
        _interface = owner;
        _stack = stack;
        _neighbours = neighbours;
        _sender = sender;
        _drops = owner.Drops;
        _solicitation = new Timer(stack.Timers, Solicit);
        _expiry = new Timer(stack.Timers, Expire);
    }

    /// <summary>The hops that a packet may take.</summary>
    public byte HopLimit { get; private set; } = Destination.UsualHopLimit;

    /// <summary>The name servers that may be asked now.</summary>
    public AddressList NameServers => _servers.At(_interface.Now);

    /// <summary>Begins to ask on a link.</summary>
    public void Begin(Instant now)
    {
        _intervalSeconds = ShortestIntervalSeconds;
        _solicitation.Start(now + Duration.FromMilliseconds((int)_stack.Random.NextBelow(FirstSolicitationMilliseconds)));
    }

    /// <summary>Forgets everything: the link went.</summary>
    public void End()
    {
        _routers.Clear();
        _prefixes.Clear();
        _servers.Clear();
        _solicitation.Stop();
        _expiry.Stop();
        HopLimit = Destination.UsualHopLimit;
    }

    /// <summary>Whether an address is on the link itself, as far as routers say, and how specific the prefix is.</summary>
    public bool IsOnLink(IpAddress address, out int length) => _prefixes.Contains(address, out length);

    /// <summary>The router for what is not on the link.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryChooseRouter(out IpAddress router) => _routers.TryChoose(_neighbours, out router);

    /// <summary>Whether there is a router.</summary>
    public bool HasRouter => _routers.Count != 0;

    /// <summary>Whether a host is one of the routers.</summary>
    public bool IsRouter(IpAddress address) => _routers.Contains(address);

    /// <summary>Takes an advertisement (RFC 4861, 6.1.2 and 6.3.4).</summary>
    /// <param name="buffer">The message, all of it, whose sum is right and which came from the link.</param>
    /// <param name="source">Who sent it.</param>
    public void InputAdvertisement(PacketBuffer buffer, IpAddress source)
    {
        ReadOnlySpan<byte> message = buffer.Data;
        if (message.Length < OptionsOffset || message[1] != 0 || !source.IsLinkLocal || !NeighbourOptions.AreValid(message[OptionsOffset..]))
            _drops.Drop(buffer, DropCause.Malformed);
        else if (!_ipv6.HearsRouters)
            _drops.Drop(buffer, DropCause.NotForUs);
        else
            Take(buffer, message, source);
    }

    private void Take(PacketBuffer buffer, ReadOnlySpan<byte> message, IpAddress source)
    {
        Instant now = _interface.Now;
        if (message[HopLimitOffset] >= LeastHopLimit)
            HopLimit = message[HopLimitOffset];
        int lifetime = BinaryPrimitives.ReadUInt16BigEndian(message[LifetimeOffset..]);
        bool changed = _routers.Set(source, PreferenceOf(message[FlagsOffset]), now + Duration.FromSeconds(lifetime), now);
        ReadOnlySpan<byte> options = message[OptionsOffset..];
        if (NeighbourOptions.FindLinkAddress(options, NeighbourOptions.SourceLinkAddress) is { } link)
            _neighbours.Hear(source, link, create: IsRouter(source), now);
        NeighbourOptions all = new(options);
        while (all.TryTake(out ReadOnlySpan<byte> option))
            changed |= Take(option, now);
        buffer.Release();
        if (HasRouter)
            _solicitation.Stop();
        if (changed)
            _interface.InvalidateDestinations();
        _expiry.StartBy(Instant.Earlier(_routers.Earliest, _prefixes.Earliest));
    }

    private bool Take(ReadOnlySpan<byte> option, Instant now)
    {
        const int PrefixInformationSize = 32;
        const int MtuSize = 8;
        const int ServersOffset = 8;
        const int AddressSize = 16;
        switch (option[0])
        {
            case NeighbourOptions.PrefixInformation when option.Length == PrefixInformationSize:
                return TakePrefix(option, now);
            case NeighbourOptions.Mtu when option.Length == MtuSize:
                uint mtu = BinaryPrimitives.ReadUInt32BigEndian(option[4..]);
                if (mtu < Ipv6Header.MinimumMtu || mtu > int.MaxValue || _ipv6.LinkMtu == (int)mtu)
                    return false;
                _ipv6.LinkMtu = (int)mtu;
                return true;
            case NeighbourOptions.RecursiveNameServers:
                Instant until = now + Seconds(BinaryPrimitives.ReadUInt32BigEndian(option[4..]));
                for (int at = ServersOffset; at + AddressSize <= option.Length; at += AddressSize)
                    TakeServer(IpAddress.Read(option[at..]), until, now);
                return false;
            default:
                return false;
        }
    }

    private void TakeServer(IpAddress server, Instant until, Instant now)
    {
        if (!server.IsUnspecified && !server.IsMulticast && !server.IsIpv6Loopback && !server.IsIpv4)
            _servers.Set(server, until, now);
    }

    private bool TakePrefix(ReadOnlySpan<byte> option, Instant now)
    {
        const byte OnLink = 0x80;
        const byte Autonomous = 0x40;
        const int AddressLength = 128;
        const int OpaqueLength = 64;
        IpPrefix prefix = new(IpAddress.Read(option[16..]), option[2]);
        Duration valid = Seconds(BinaryPrimitives.ReadUInt32BigEndian(option[4..]));
        Duration preferred = Seconds(BinaryPrimitives.ReadUInt32BigEndian(option[8..]));
        if (prefix.Length is 0 or > AddressLength || prefix.Address.IsLinkLocal || prefix.Address.IsMulticast || prefix.Address.IsIpv4 || preferred > valid)
            return false;
        if ((option[3] & Autonomous) != 0 && prefix.Length == OpaqueLength)
            _ipv6.Configuration.OnPrefix(prefix, valid, preferred, now);
        return (option[3] & OnLink) != 0 && _prefixes.Set(prefix, now + valid, now);
    }

    // All ones mean for ever.
    private static Duration Seconds(uint seconds) => seconds == uint.MaxValue ? new Duration(long.MaxValue) : new Duration(seconds * 1_000_000_000L);

    // RFC 4191, 2.2: two bits; 10 is reserved and means medium.
    private static int PreferenceOf(byte flags) => ((flags >> 3) & 3) switch
    {
        1 => 1,
        3 => -1,
        _ => 0,
    };

    // RFC 4861, 6.3.7, and further on at ever longer intervals (RFC 7559): a router may come later.
    private void Solicit(Instant now)
    {
        _solicitation.Start(now + Duration.FromSeconds((int)_intervalSeconds));
        _intervalSeconds = Math.Min(_intervalSeconds * 2, LongestIntervalSeconds);
        IpAddress source = _ipv6.Addresses.LinkLocal?.Address ?? default;
        int length = SolicitationOptions + (source.IsUnspecified ? 0 : NeighbourOptions.LinkAddressSize);
        if (_sender.TryBegin(Icmpv6Type.RouterSolicitation, length) is not { } message)
            return;
        if (!source.IsUnspecified)
            NeighbourOptions.WriteLinkAddress(message.Data[SolicitationOptions..], NeighbourOptions.SourceLinkAddress, _interface.LinkAddress);
        _sender.Send(message, source, Ipv6Group.AllRouters, Ipv6Group.LinkAddress(Ipv6Group.AllRouters));
    }

    private void Expire(Instant now)
    {
        bool routers = _routers.Expire(now);
        if (_prefixes.Expire(now) | routers)
            _interface.InvalidateDestinations();
        if (routers && !HasRouter)
            Begin(now);
        _expiry.Start(Instant.Earlier(_routers.Earliest, _prefixes.Earliest));
    }
}
