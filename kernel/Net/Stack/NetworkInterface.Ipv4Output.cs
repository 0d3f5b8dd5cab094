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
    /// <param name="buffer">The payload, with room for the headers in front; a chain becomes one fragment a buffer.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="protocol">What it is.</param>
    internal void SendIpv4(PacketBuffer buffer, Destination destination, IpProtocol protocol)
    {
        ushort identification = _identification++;
        int offset = 0;
        PacketBuffer? piece = buffer;
        while (piece is not null)
        {
            PacketBuffer? next = piece.Next;
            piece.Next = null;
            BigEndian16 fragment = BigEndian16.From((offset / 8) | (next is null ? 0 : Ipv4Header.MoreFragments));
            offset += piece.Length;
            piece.Offset -= Destination.HeadersSize;
            destination.WriteHeaders(piece.Page + piece.Offset, protocol, piece.Length, identification, fragment);
            piece.Length += Destination.HeadersSize;
            SendFrame(piece, destination);
            piece = next;
        }
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

    /// <summary>Takes buffers for a payload of so many bytes, as <see cref="SendIpv4"/> wants them: one for each packet.</summary>
    /// <returns>Null if the pool has too few.</returns>
    private PacketBuffer? TryTakePackets(int length)
    {
        int most = Mtu - Ipv4Header.Size;
        int perFragment = most & ~7;
        int count = length <= most ? 1 : (length + perFragment - 1) / perFragment;
        if (_pool.Available < count + _pool.ControlReserve)
            return null;
        PacketBuffer? first = null;
        for (int left = count; left > 0; left--)
        {
            // From the last one to the first: each is put in front of those behind it.
            PacketBuffer piece = _pool.TryTake()!;
            piece.Offset += Destination.HeadersSize;
            piece.Length = left == count ? length - ((count - 1) * perFragment) : perFragment;
            piece.Next = first;
            first = piece;
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
