using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Who has which IPv6 address on the link (RFC 4861, 7): asks, answers, and hears others.</summary>
/// <remarks>Redirects are not followed: a packet that takes one hop more arrives too, and whoever sends them could turn it anywhere.</remarks>
internal sealed class NeighbourDiscovery : INeighbourProtocol
{
    private const int TargetOffset = 8;
    private const int OptionsOffset = 24;
    private const int WithLinkAddress = OptionsOffset + NeighbourOptions.LinkAddressSize;
    private const int FlagsOffset = 4;
    private const byte Solicited = 0x40;
    private const byte Override = 0x20;

    private readonly Ipv6Layer _ipv6;
    private readonly NetworkInterface _interface;
    private readonly NeighbourCache _neighbours;
    private readonly Icmpv6Sender _sender;
    private readonly DropCounters _drops;
    private readonly RateLimiter _warnings = new(1, Duration.FromSeconds(10));

    /// <summary>Makes that of an interface.</summary>
    public NeighbourDiscovery(Ipv6Layer ipv6, NetworkInterface owner, NeighbourCache neighbours, Icmpv6Sender sender)
    {
        _ipv6 = ipv6;
        _interface = owner;
        _neighbours = neighbours;
        _sender = sender;
        _drops = owner.Drops;
        neighbours.Discovery = this;
    }

    /// <inheritdoc/>
    public void Solicit(IpAddress target, MacAddress linkAddress)
    {
        if (_ipv6.Addresses.SelectSource(target) is not { } source || _sender.TryBegin(Icmpv6Type.NeighbourSolicitation, WithLinkAddress) is not { } message)
            return;
        target.Write(message.Data[TargetOffset..]);
        NeighbourOptions.WriteLinkAddress(message.Data[OptionsOffset..], NeighbourOptions.SourceLinkAddress, _interface.LinkAddress);
        bool toAll = linkAddress == MacAddress.Broadcast;
        IpAddress destination = toAll ? Ipv6Group.SolicitedNode(target) : target;
        _sender.Send(message, source.Address, destination, toAll ? Ipv6Group.LinkAddress(destination) : linkAddress);
    }

    /// <summary>Asks whether another host has an address that is to be this host's (RFC 4862, 5.4.2).</summary>
    /// <returns>False if no message could be sent.</returns>
    public bool Probe(IpAddress target)
    {
        if (_sender.TryBegin(Icmpv6Type.NeighbourSolicitation, OptionsOffset) is not { } message)
            return false;
        target.Write(message.Data[TargetOffset..]);
        IpAddress destination = Ipv6Group.SolicitedNode(target);
        _sender.Send(message, default, destination, Ipv6Group.LinkAddress(destination));
        return true;
    }

    /// <summary>Takes a question (RFC 4861, 7.1.1 and 7.2.3).</summary>
    /// <param name="buffer">The message, all of it, whose sum is right and which came from the link.</param>
    /// <param name="source">Who asks; unspecified for a host that wants the address itself.</param>
    /// <param name="destination">Whom it was sent to.</param>
    /// <param name="link">The frame's sender.</param>
    public void InputSolicitation(PacketBuffer buffer, IpAddress source, IpAddress destination, MacAddress link)
    {
        ReadOnlySpan<byte> message = buffer.Data;
        if (!TryReadTarget(message, out IpAddress target) || (source.IsUnspecified && !IsProbe(message, target, destination)))
        {
            _drops.Drop(buffer, DropCause.Malformed);
            return;
        }

        MacAddress? said = NeighbourOptions.FindLinkAddress(message[OptionsOffset..], NeighbourOptions.SourceLinkAddress);
        if (said == _interface.LinkAddress || link == _interface.LinkAddress)
        {
            _drops.Drop(buffer, DropCause.Looping);
            return;
        }

        buffer.Release();
        InterfaceAddress? ours = _ipv6.Addresses.Find(target);
        if (!source.IsUnspecified && said is { } linkAddress)
            _neighbours.Hear(source, linkAddress, create: ours is { IsUsable: true }, _interface.Now);
        if (ours is { State: AddressState.Tentative })
        {
            // Who asks without an address wants to have it too; who asks with one only looks for its owner (RFC 4862, 5.4.3).
            if (source.IsUnspecified)
                _ipv6.Configuration.OnConflict(ours, link, _interface.Now);
        }
        else if (ours is not null)
        {
            Advertise(target, source, said ?? link);
        }
    }

    /// <summary>Takes an answer (RFC 4861, 7.1.2 and 7.2.5).</summary>
    /// <inheritdoc cref="InputSolicitation"/>
    public void InputAdvertisement(PacketBuffer buffer, IpAddress destination, MacAddress link)
    {
        ReadOnlySpan<byte> message = buffer.Data;
        bool solicited = message.Length > FlagsOffset && (message[FlagsOffset] & Solicited) != 0;
        if (!TryReadTarget(message, out IpAddress target) || (solicited && destination.IsMulticast))
        {
            _drops.Drop(buffer, DropCause.Malformed);
            return;
        }

        MacAddress? said = NeighbourOptions.FindLinkAddress(message[OptionsOffset..], NeighbourOptions.TargetLinkAddress);
        if (said == _interface.LinkAddress || link == _interface.LinkAddress)
        {
            _drops.Drop(buffer, DropCause.Looping);
            return;
        }

        buffer.Release();
        InterfaceAddress? ours = _ipv6.Addresses.Find(target);
        if (ours is null)
            _neighbours.TakeAnswer(target, said, solicited, _interface.Now);
        else if (ours.State == AddressState.Tentative)
            _ipv6.Configuration.OnConflict(ours, said ?? link, _interface.Now);
        else if (_warnings.TryTake(_interface.Now))
            Warn(target, said ?? link);
    }

    private void Advertise(IpAddress target, IpAddress asker, MacAddress link)
    {
        if (_sender.TryBegin(Icmpv6Type.NeighbourAdvertisement, WithLinkAddress) is not { } message)
            return;
        bool isProbe = asker.IsUnspecified;
        message.Data[FlagsOffset] = isProbe ? Override : (byte)(Solicited | Override);
        target.Write(message.Data[TargetOffset..]);
        NeighbourOptions.WriteLinkAddress(message.Data[OptionsOffset..], NeighbourOptions.TargetLinkAddress, _interface.LinkAddress);
        IpAddress destination = isProbe ? Ipv6Group.AllNodes : asker;
        _sender.Send(message, target, destination, isProbe ? Ipv6Group.LinkAddress(destination) : link);
    }

    private void Warn(IpAddress address, MacAddress other)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> link = stackalloc byte[MacAddress.TextCapacity];
        Log.Warn(_interface.Name, $"address conflict: {other.Format(link)} also uses {address.Format(text)}; keeping it");
    }

    private static bool TryReadTarget(ReadOnlySpan<byte> message, out IpAddress target)
    {
        target = default;
        if (message.Length < OptionsOffset || message[1] != 0 || !NeighbourOptions.AreValid(message[OptionsOffset..]))
            return false;
        target = IpAddress.Read(message[TargetOffset..]);
        return !target.IsMulticast && !target.IsUnspecified && !target.IsIpv4;
    }

    private static bool IsProbe(ReadOnlySpan<byte> message, IpAddress target, IpAddress destination) =>
        destination == Ipv6Group.SolicitedNode(target)
        && NeighbourOptions.FindLinkAddress(message[OptionsOffset..], NeighbourOptions.SourceLinkAddress) is null;
}
