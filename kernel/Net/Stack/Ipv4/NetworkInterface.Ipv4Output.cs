using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IPv4 on the way out (RFC 791; RFC 1122, 3.3.1): the next hop, the headers, the link.</summary>
public sealed unsafe partial class NetworkInterface
{
    // Each is of some address; which one is that which was used last of those with the same hash.
    private const int LeastDestinations = 64;
    private const int MostDestinations = 1024;

    private readonly Destination[] _destinations;
    private readonly uint _destinationMultiplier;
    private readonly Neighbour _groupNeighbour;
    private ushort _identification;

    /// <summary>Whether the interface has a way to an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How specific that way is: the network's prefix, 0 by the gateway.</param>
    internal bool Reaches(IpAddress address, out int prefixLength)
    {
        prefixLength = 0;
        if (!HasAddress || !address.IsIpv4)
            return false;
        return Settings.Routes.TryFind(address, out _, out prefixLength) || address == IpAddress.BroadcastIpv4 || address.IsMulticast;
    }

    /// <summary>The way to an address by this interface.</summary>
    /// <returns>Null if there is none.</returns>
    internal Destination? FindDestination(IpAddress address)
    {
        uint mixed = (address.Ipv4 * _destinationMultiplier) >> 16;
        Destination destination = _destinations[(int)mixed & (_destinations.Length - 1)];
        if (destination.Address == address && destination.Generation == _stack.Generation)
            return destination;
        return Prepare(destination, address) ? destination : null;
    }

    /// <summary>Puts the headers in front of a payload and sends it.</summary>
    /// <param name="buffer">The payload, in buffers of which each that begins a packet has room for the headers in front: a packet takes as many as
    /// the MTU allows, and ends where a fragment may.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="protocol">What it is.</param>
    internal void SendIpv4(PacketBuffer buffer, Destination destination, IpProtocol protocol)
    {
        ushort identification = _identification++;
        int offset = 0;
        PacketBuffer? piece = buffer;
        while (piece is not null)
        {
            PacketBuffer end = EndOfPacket(piece, out int length) ?? piece;
            PacketBuffer? next = end.Next;
            if (piece == buffer && next is not null && !CanSendAll(buffer, destination))
            {
                Drops.Drop(buffer, DropCause.NeighbourFull);
                return;
            }

            end.Next = null;
            BigEndian16 fragment = BigEndian16.From((offset / 8) | (next is null ? 0 : Ipv4Header.MoreFragments));
            offset += length;
            piece.Offset -= Destination.HeadersSize;
            destination.WriteHeaders(piece.Page + piece.Offset, protocol, length, identification, fragment);
            piece.Length += Destination.HeadersSize;
            SendFrame(piece, destination);
            piece = next;
        }
    }

    /// <summary>Whether no fragment of a datagram would be lost for want of room to wait for the neighbour's answer: the others would be in vain.</summary>
    private bool CanSendAll(PacketBuffer payload, Destination destination)
    {
        if (destination.IsReady || destination.Neighbour.State == NeighbourState.Failed)
            return true;
        int cells = 0;
        for (PacketBuffer? piece = payload; piece is not null;)
        {
            PacketBuffer end = EndOfPacket(piece, out int length) ?? piece;
            cells += WaitingFrames.CellsFor(Destination.HeadersSize + length);
            piece = end.Next;
        }

        return _neighbours.CanHold(destination.Neighbour, cells);
    }

    /// <summary>Finds the last buffer of the longest packet that a payload can begin with.</summary>
    /// <param name="first">The payload.</param>
    /// <param name="length">How many bytes of it that packet carries.</param>
    /// <returns>Null if there is none, because the first buffer is longer than a packet, or all that fits ends where no fragment may.</returns>
    private PacketBuffer? EndOfPacket(PacketBuffer first, out int length)
    {
        PacketBuffer? end = null;
        length = 0;
        int total = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
        {
            total += piece.Length;
            if (total > Mtu - Ipv4Header.Size)
                break;
            if (piece.Next is not null && total % 8 != 0)
                continue;
            end = piece;
            length = total;
        }

        return end;
    }

    /// <summary>Sends a frame that is complete, or lacks the link destination alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SendFrame(PacketBuffer frame, Destination destination)
    {
        destination.Neighbour.Used = true;
        if (_linkUp && destination.IsReady)
            _transmit.Add(frame);
        else
            HoldOrDrop(frame, destination);
    }

    private void HoldOrDrop(PacketBuffer frame, Destination destination)
    {
        if (_linkUp)
            _neighbours.Hold(destination.Neighbour, frame);
        else
            Drops.Drop(frame, DropCause.LinkDown);
    }

    /// <summary>Sends what does not lie as packets do, from copies: pieces without room in front, or longer than a packet may be.</summary>
    private void SendIpv4Copied(PacketBuffer payload, Destination destination, IpProtocol protocol)
    {
        int length = PacketChain.Length(payload);
        if (TryTakePackets(length) is not { } copy)
        {
            Drops.Drop(payload, DropCause.NoBuffer);
            return;
        }

        int at = 0;
        for (PacketBuffer? piece = payload; piece is not null; piece = piece.Next)
        {
            PacketChain.Write(copy, at, piece.Data);
            at += piece.Length;
        }

        _counters.Count(PathEvent.CopiedBytes, length);
        payload.Release();
        SendIpv4(copy, destination, protocol);
    }

    /// <summary>Takes buffers for a payload of so many bytes, as <see cref="SendIpv4"/> wants them: for each packet one, or as many as it needs.</summary>
    /// <returns>Null if the pool has too few.</returns>
    private PacketBuffer? TryTakePackets(int length)
    {
        const int Page = PacketBuffer.Capacity - PacketBuffer.Headroom;
        int most = Mtu - Ipv4Header.Size;
        int perPacket = length <= most ? length : most & ~7;
        int packets = (length + perPacket - 1) / perPacket;
        int pages = (Destination.HeadersSize + perPacket + Page - 1) / Page;
        if (_pool.Available < (packets * pages) + _pool.ControlReserve)
            return null;
        PacketBuffer? first = null;
        PacketBuffer? last = null;
        for (int at = 0; at < length;)
        {
            // A packet's first buffer leaves room for the headers, and none goes beyond the packet's end.
            PacketBuffer piece = _pool.TryTake()!;
            int inPacket = at % perPacket;
            piece.Offset += inPacket == 0 ? Destination.HeadersSize : 0;
            piece.Length = Math.Min(Math.Min(length - at, perPacket - inPacket), PacketBuffer.Capacity - piece.Offset);
            at += piece.Length;
            if (last is null)
                first = piece;
            else
                last.Next = piece;
            last = piece;
        }

        return first;
    }

    private void InvalidateDestinations() => _stack.Generation++;

    private bool Prepare(Destination destination, IpAddress address)
    {
        if (!Reaches(address, out _) || address == Address.Address || address.Ipv4 >> 24 is 0 or 127)
            return false;
        MacAddress link;
        destination.IsReady = true;
        destination.IsBroadcast = address == IpAddress.BroadcastIpv4 || address == Address.DirectedBroadcast;
        destination.Neighbour = _groupNeighbour;
        if (destination.IsBroadcast)
        {
            link = MacAddress.Broadcast;
        }
        else if (address.IsMulticast)
        {
            // RFC 1112, 6.4: the low 23 bits of the group.
            link = new MacAddress(0x0100_5e00_0000UL | (address.Ipv4 & 0x7f_ffff));
        }
        else
        {
            Settings.Routes.TryFind(address, out IpAddress hop, out _);
            Neighbour neighbour = _neighbours.FindOrAsk(hop, _now);
            destination.Neighbour = neighbour;
            destination.IsReady = neighbour.IsUsable;
            link = neighbour.IsUsable ? neighbour.LinkAddress : default;
        }

        destination.Set(Address.Address, address, _linkAddress, link);
        destination.Generation = _stack.Generation;
        return true;
    }
}
