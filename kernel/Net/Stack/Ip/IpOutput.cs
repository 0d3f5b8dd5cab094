using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IP on the way out, of either version (RFC 791; RFC 1122, 3.3.1; RFC 8200): the next hop, the headers, fragments, the link.</summary>
internal sealed unsafe class IpOutput
{
    // Each is of some address; which one is that which was used last of those with the same hash.
    private const int LeastDestinations = 64;
    private const int MostDestinations = 1024;

    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly NeighbourCache _neighbours;
    private readonly TransmitQueue _transmit;
    private readonly PacketPool _pool;
    private readonly Destination?[] _destinations;

    // Stands in for those that there is no memory for.
    private readonly Destination _shared;
    private readonly ulong _secret;
    private readonly Neighbour _groupNeighbour = new();
    private ushort _identification;

    /// <summary>Makes the layer of an interface.</summary>
    public IpOutput(NetworkInterface owner, NetworkStack stack, NeighbourCache neighbours, TransmitQueue transmit)
    {
        _interface = owner;
        _stack = stack;
        _neighbours = neighbours;
        _transmit = transmit;
        _pool = owner.Pool;
        _secret = stack.Secret;
        int wanted = (int)BitOperations.RoundUpToPowerOf2((uint)_pool.Count);
        _destinations = new Destination?[Math.Clamp(wanted, LeastDestinations, MostDestinations)];
        _shared = MakeDestination();
        _identification = stack.Random.NextUInt16();
    }

    /// <summary>The identification of the next packet (RFC 6864), in either byte order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort TakeIdentification() => _identification++;

    /// <summary>Makes a destination of the interface, which leads nowhere yet.</summary>
    public Destination MakeDestination() => new(_interface, _groupNeighbour);

    /// <summary>Whether the interface has a way to an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How specific that way is: the network's prefix, 0 by the gateway.</param>
    public bool Reaches(IpAddress address, out int prefixLength)
    {
        prefixLength = 0;
        if (!address.IsIpv4)
            return _interface.Ipv6 is not null && _interface.Ipv6.Reaches(address, out prefixLength);
        if (!_interface.HasAddress)
            return false;
        return _interface.Settings.Routes.TryFind(address, out _, out prefixLength) || address == IpAddress.BroadcastIpv4 || address.IsMulticast;
    }

    /// <summary>The way to an address by this interface.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">Which of the interface's IPv6 addresses sends; unspecified for whichever suits, and of no meaning for IPv4.</param>
    /// <returns>Null if there is none.</returns>
    public Destination? FindDestination(IpAddress address, IpAddress source = default)
    {
        if (address.IsIpv4)
            source = default;
        ref Destination? place = ref _destinations[(int)address.Hash(_secret ^ source.Low) & (_destinations.Length - 1)];
        if (place is null && PhysicalMemory.HasSpare)
            place = MakeDestination();
        Destination destination = place ?? _shared;
        if (destination.Address == address && destination.Generation == _stack.Generation)
        {
            if (destination.WantedSource == source)
                return destination;

            // Who holds this one knows it by its address alone.
            _stack.Generation++;
        }

        return Prepare(destination, address, source) ? destination : null;
    }

    /// <summary>Puts the headers in front of a payload and sends it.</summary>
    /// <param name="buffer">The payload, in buffers of which each that begins a packet has room for the headers in front: a packet takes as many as
    /// the MTU allows, and ends where a fragment may.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="protocol">What it is.</param>
    public void Send(PacketBuffer buffer, Destination destination, IpProtocol protocol)
    {
        int room = RoomFor(PacketChain.Length(buffer), destination);
        if (EndOfPacket(buffer, room, out int length) is { Next: not null })
        {
            SendFragments(buffer, destination, protocol);
            return;
        }

        PushHeaders(buffer, destination.HeadersSize);
        destination.WriteHeaders(buffer.Page + buffer.Offset, protocol, length, TakeIdentification(), default);
        SendFrame(buffer, destination);
    }

    private void SendFragments(PacketBuffer buffer, Destination destination, IpProtocol protocol)
    {
        if (!CanSendAll(buffer, destination))
        {
            _interface.Drops.Drop(buffer, DropCause.NeighbourFull);
            return;
        }

        // IPv6's must not be foreseen, and are not counted up for each packet (RFC 7739, 5.3).
        uint identification = destination.IsIpv6 ? _stack.Random.NextUInt32() : TakeIdentification();
        int room = RoomForFragment(destination);
        int offset = 0;
        PacketBuffer? piece = buffer;
        while (piece is not null)
        {
            PacketBuffer end = EndOfPacket(piece, room, out int length) ?? piece;
            PacketBuffer? next = end.Next;
            end.Next = null;
            PushHeaders(piece, destination.HeadersSize + destination.FragmentHeaderSize);
            byte* frame = piece.Page + piece.Offset;
            if (destination.IsIpv6)
            {
                destination.WriteIpv6Headers(frame, IpProtocol.Fragment, FragmentHeader.Size + length);
                *(FragmentHeader*)(frame + Destination.Ipv6HeadersSize) = new FragmentHeader(protocol, offset, next is not null, identification);
            }
            else
            {
                BigEndian16 fragment = BigEndian16.From((offset / 8) | (next is null ? 0 : Ipv4Header.MoreFragments));
                destination.WriteIpv4Headers(frame, protocol, length, (ushort)identification, fragment);
            }

            offset += length;
            SendFrame(piece, destination);
            piece = next;
        }
    }

    private static void PushHeaders(PacketBuffer buffer, int size)
    {
        buffer.Offset -= size;
        buffer.Length += size;
    }

    /// <summary>The most bytes of a payload that one packet carries.</summary>
    /// <param name="length">The whole payload.</param>
    /// <param name="destination">Where it goes.</param>
    private static int RoomFor(int length, Destination destination)
    {
        int whole = destination.Mtu + EthernetHeader.Size - destination.HeadersSize;
        return length <= whole ? whole : RoomForFragment(destination);
    }

    private static int RoomForFragment(Destination destination) =>
        destination.Mtu + EthernetHeader.Size - destination.HeadersSize - destination.FragmentHeaderSize;

    /// <summary>Whether no fragment of a datagram would be lost for want of room to wait for the neighbour's answer: the others would be in vain.</summary>
    private bool CanSendAll(PacketBuffer payload, Destination destination)
    {
        if (destination.IsReady || !_interface.LinkUp || destination.Neighbour.State == NeighbourState.Failed)
            return true;
        int cells = 0;
        int room = RoomForFragment(destination);
        int headers = destination.HeadersSize + destination.FragmentHeaderSize;
        for (PacketBuffer? piece = payload; piece is not null;)
        {
            PacketBuffer end = EndOfPacket(piece, room, out int length) ?? piece;
            cells += WaitingFrames.CellsFor(headers + length);
            piece = end.Next;
        }

        return _neighbours.CanHold(destination.Neighbour, cells);
    }

    /// <summary>Finds the last buffer of the longest packet that a payload can begin with.</summary>
    /// <param name="first">The payload.</param>
    /// <param name="room">The most bytes of it that a packet carries.</param>
    /// <param name="length">How many bytes of it that packet carries.</param>
    /// <returns>Null if there is none, because the first buffer is longer than a packet, or all that fits ends where no fragment may.</returns>
    private static PacketBuffer? EndOfPacket(PacketBuffer first, int room, out int length)
    {
        PacketBuffer? end = null;
        length = 0;
        int total = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
        {
            total += piece.Length;
            if (total > room)
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
    public void SendFrame(PacketBuffer frame, Destination destination)
    {
        destination.Neighbour.Used = true;
        if (_interface.LinkUp && destination.IsReady)
            _transmit.Add(frame);
        else
            HoldOrDrop(frame, destination);
    }

    /// <summary>Keeps a frame until its neighbour is known, if the link is up.</summary>
    public void HoldOrDrop(PacketBuffer frame, Destination destination)
    {
        if (_interface.LinkUp)
            _neighbours.Hold(destination.Neighbour, frame);
        else
            _interface.Drops.Drop(frame, DropCause.LinkDown);
    }

    /// <summary>Sends a payload in the buffers in which it arrived, or in copies if it does not lie as packets do.</summary>
    public void SendArrived(PacketBuffer payload, Destination destination, IpProtocol protocol)
    {
        if (CanBecomePackets(payload, destination))
            Send(payload, destination, protocol);
        else
            SendCopied(payload, destination, protocol);
    }

    // Fragments that arrived by this link are multiples of eight bytes and fit it; what a device merged, or short fragments that were put into
    // one buffer, need be neither, and the MTU may be lower than the sender's.
    private static bool CanBecomePackets(PacketBuffer first, Destination destination)
    {
        int room = RoomFor(PacketChain.Length(first), destination);
        int headers = destination.HeadersSize + destination.FragmentHeaderSize;
        PacketBuffer? piece = first;
        while (piece is not null)
        {
            if (piece.Offset < headers || EndOfPacket(piece, room, out _) is not { } end)
                return false;
            piece = end.Next;
        }

        return true;
    }

    private void SendCopied(PacketBuffer payload, Destination destination, IpProtocol protocol)
    {
        int length = PacketChain.Length(payload);
        if (TryTakePackets(destination, length) is not { } copy)
        {
            _interface.Drops.Drop(payload, DropCause.NoBuffer);
            return;
        }

        int at = 0;
        for (PacketBuffer? piece = payload; piece is not null; piece = piece.Next)
        {
            PacketChain.Write(copy, at, piece.Data);
            at += piece.Length;
        }

        _interface.Counters.Count(PathEvent.CopiedBytes, length);
        payload.Release();
        Send(copy, destination, protocol);
    }

    /// <summary>Takes buffers for a payload of so many bytes, as <see cref="Send"/> wants them: for each packet one, or as many as it needs.</summary>
    /// <returns>Null if the pool has too few.</returns>
    public PacketBuffer? TryTakePackets(Destination destination, int length)
    {
        const int Page = PacketBuffer.Capacity - PacketBuffer.Headroom;
        int most = RoomFor(length, destination);
        bool isWhole = length <= most;
        int perPacket = isWhole ? length : most & ~7;
        int headers = destination.HeadersSize + (isWhole ? 0 : destination.FragmentHeaderSize);
        int packets = (length + perPacket - 1) / perPacket;
        int pages = (headers + perPacket + Page - 1) / Page;
        if (_pool.Available < (packets * pages) + _pool.ControlReserve)
            return null;
        PacketBuffer? first = null;
        PacketBuffer? last = null;
        for (int at = 0; at < length;)
        {
            // A packet's first buffer leaves room for the headers, and none goes beyond the packet's end.
            PacketBuffer piece = _pool.TryTake()!;
            int inPacket = at % perPacket;
            piece.Offset += inPacket == 0 ? headers : 0;
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

    private bool Prepare(Destination destination, IpAddress address, IpAddress source)
    {
        destination.WantedSource = source;
        if (!address.IsIpv4)
        {
            if (_interface.Ipv6 is not { } ipv6 || !ipv6.Prepare(destination, _groupNeighbour, address, source))
                return false;
            destination.Generation = _stack.Generation;
            return true;
        }

        if (!Reaches(address, out _) || address == _interface.Address.Address || address.Ipv4 >> 24 is 0 or 127)
            return false;
        MacAddress link;
        destination.IsReady = _interface.LinkUp;
        destination.IsBroadcast = address == IpAddress.BroadcastIpv4 || address == _interface.Address.DirectedBroadcast;
        destination.Neighbour = _groupNeighbour;
        if (destination.IsBroadcast)
        {
            link = MacAddress.Broadcast;
        }
        else if (address.IsMulticast)
        {
            link = Ipv4Group.LinkAddress(address);
        }
        else
        {
            _interface.Settings.Routes.TryFind(address, out IpAddress hop, out _);
            Neighbour neighbour = _neighbours.FindOrAsk(hop, _interface.Now);
            destination.Neighbour = neighbour;
            destination.IsReady &= neighbour.IsUsable;
            link = neighbour.IsUsable ? neighbour.LinkAddress : default;
        }

        byte hops = address.IsMulticast ? Destination.GroupHopLimit : Destination.UsualHopLimit;
        destination.Set(_interface.Address.Address, address, _interface.LinkAddress, link, _interface.Mtu, hops);
        destination.Generation = _stack.Generation;
        return true;
    }
}
