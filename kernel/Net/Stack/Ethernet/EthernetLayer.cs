using System;
using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Ethernet (RFC 894) on the way in: whose frame is it, and which protocol's.</summary>
/// <remarks>Here and in the layers above, whatever is rare leaves the common way by a call that is the last thing its method does, and comes back to
/// it further on by another such call: so what is known of a packet stays in registers from the frame to the endpoint.</remarks>
internal sealed unsafe class EthernetLayer(DropCounters drops, ArpLayer arp, Ipv4Input ipv4, PacketInfo info)
{
    // EtherType.Ipv4, as the processor loads it.
    private const ushort RawIpv4 = 0x0008;

    // Ethernet, IPv4 and TCP with all options that they can have; others are shorter. Who reads more of IPv6 brings it together itself.
    private const int LongestHeaders = EthernetHeader.Size + 60 + TcpHeader.LongestSize;

    /// <summary>What every host on an Ethernet may send (RFC 894), however short the packets are that this one is asked to send.</summary>
    private const int UsualMtu = 1500;

    // What IPv4's length can say.
    private const int LongestPacket = ushort.MaxValue;

    private readonly DropCounters _drops = drops;
    private readonly ArpLayer _arp = arp;
    private readonly Ipv4Input _ipv4 = ipv4;
    private readonly PacketInfo _info = info;
    private ulong _rawAddress;
    private int _longestFrame;

    // The longest frame that comes by the common way: the same, or -1 while raw sockets watch, so that each frame takes the way of those of odd length.
    private int _longestUnwatched;
    private PacketEndpoints? _watchers;

    // Who has all frames of a type that the stack does not speak, if that is one alone.
    private PacketEndpoint? _owner;
    private BigEndian16 _ownedType;

    /// <summary>Takes what comes by IPv6; null if nobody does.</summary>
    public Ipv6Input? Ipv6 { private get; set; }

    /// <summary>Takes over what a device says of itself.</summary>
    public void Configure(MacAddress address, int mtu)
    {
        _rawAddress = EthernetHeader.ToRaw(address);
        _longestFrame = EthernetHeader.Size + Math.Max(mtu, UsualMtu);
        SetLongestUnwatched();
    }

    /// <summary>Shows every frame to raw sockets first.</summary>
    /// <param name="watchers">Whose they are; null to show them to nobody.</param>
    /// <param name="only">The only one that takes any; null if there are several.</param>
    public void Watch(PacketEndpoints? watchers, PacketEndpoint? only)
    {
        _watchers = watchers;
        bool owns = only is not null && only.EtherType != PacketEndpoint.AllTypes && !IsSpoken((EtherType)only.EtherType);
        _owner = owns ? only : null;
        _ownedType = owns ? only!.RawEtherType : default;
        SetLongestUnwatched();
    }

    private void SetLongestUnwatched() =>
        _longestUnwatched = _watchers is null ? _longestFrame : -1;

    /// <summary>Takes frames, and brings each to its end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Input(ReadOnlySpan<PacketBuffer> burst)
    {
        foreach (PacketBuffer frame in burst)
        {
            frame.PassTo(BufferOwner.Stack);
            if (frame.Next is null)
                Input(frame, frame.Length);
            else
                InputChain(frame);
        }
    }

    // Whoever reads a header behind this finds all of it in the first buffer, or the packet is too short for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputChain(PacketBuffer frame)
    {
        PacketChain.Gather(frame, LongestHeaders);
        Input(frame, PacketChain.Length(frame));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Input(PacketBuffer frame, int length)
    {
        if (length > _longestUnwatched || frame.Length < EthernetHeader.Size)
            InputApart(frame, length);
        else
            InputByAddress(frame, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputByAddress(PacketBuffer frame, int length)
    {
        EthernetHeader* header = HeaderOf(frame);
        if (header->RawDestination != _rawAddress)
            InputForOthers(frame, length);
        else
            InputOurs(frame, header, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputOurs(PacketBuffer frame, EthernetHeader* header, int length)
    {
        _info.IsGroup = false;
        if (header->RawType.Raw == RawIpv4)
            _ipv4.Input(frame, length - EthernetHeader.Size);
        else
            InputByType(frame, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputForOthers(PacketBuffer frame, int length)
    {
        if ((HeaderOf(frame)->RawDestination & 1) == 0)
        {
            _drops.Drop(frame, DropCause.NotForUs);
            return;
        }

        _info.IsGroup = true;
        InputByType(frame, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputByType(PacketBuffer frame, int length)
    {
        EtherType type = HeaderOf(frame)->Type;
        if (type == EtherType.Ipv4)
            _ipv4.Input(frame, length - EthernetHeader.Size);
        else if (type == EtherType.Ipv6 && Ipv6 is not null)
            Ipv6.Input(frame, length - EthernetHeader.Size);
        else if (type == EtherType.Arp)
            _arp.Input(frame);
        else if (type == EtherType.Vlan)
            InputTagged(frame);
        else
            _drops.Drop(frame, DropCause.UnknownEtherType);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputApart(PacketBuffer frame, int length)
    {
        if (_owner is { } owner && frame.Length >= EthernetHeader.Size && HeaderOf(frame)->RawType.Raw == _ownedType.Raw)
            owner.Deliver(frame, _info.Via);
        else
            InputWatched(frame, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputWatched(PacketBuffer frame, int length)
    {
        if (_watchers is { } watchers && frame.Length >= EthernetHeader.Size)
        {
            EthernetHeader* header = HeaderOf(frame);
            if (watchers.Deliver(frame, header->RawType, _info.Via, IsSpoken(header->Type)))
                return;
        }

        InputUnwatched(frame, length);
    }

    private bool IsSpoken(EtherType type) =>
        type is EtherType.Ipv4 or EtherType.Arp or EtherType.Vlan || (type == EtherType.Ipv6 && Ipv6 is not null);

    private void InputUnwatched(PacketBuffer frame, int length)
    {
        if (length > _longestFrame || frame.Length < EthernetHeader.Size)
            InputOddLength(frame, length);
        else
            InputByAddress(frame, length);
    }

    // A tag makes a frame four bytes longer than the MTU allows (IEEE 802.3, 3.2.7); what a device merged is as long as a packet can be.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputOddLength(PacketBuffer frame, int length)
    {
        if (frame.Length < EthernetHeader.Size)
            _drops.Drop(frame, DropCause.Truncated);
        else if (length <= _longestFrame + VlanTag.Size && HeaderOf(frame)->Type == EtherType.Vlan)
            InputTagged(frame);
        else if (frame.SegmentSize != 0 && length <= EthernetHeader.Size + LongestPacket)
            InputByAddress(frame, length);
        else
            _drops.Drop(frame, DropCause.Oversized);
    }

    // A frame of VLAN 0 has a priority alone, and is ours like one without a tag (IEEE 802.1Q, 6.9.1).
    private void InputTagged(PacketBuffer frame)
    {
        if (frame.Length < EthernetHeader.Size + VlanTag.Size)
        {
            _drops.Drop(frame, DropCause.Truncated);
            return;
        }

        if (VlanTag.Vlan(frame.Data) != 0)
        {
            _drops.Drop(frame, DropCause.NotForUs);
            return;
        }

        VlanTag.Remove(frame.Data);
        frame.Offset += VlanTag.Size;
        frame.Length -= VlanTag.Size;
        if (HeaderOf(frame)->Type == EtherType.Vlan)
            _drops.Drop(frame, DropCause.UnknownEtherType);
        else
            InputUntagged(frame);
    }

    private void InputUntagged(PacketBuffer frame)
    {
        if (frame.Next is not null)
            PacketChain.Gather(frame, LongestHeaders);
        InputUnwatched(frame, PacketChain.Length(frame));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static EthernetHeader* HeaderOf(PacketBuffer frame) => (EthernetHeader*)(frame.Page + frame.Offset);
}
