using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>UDP (RFC 768; RFC 1122, 4.1): datagrams to endpoints, and from them.</summary>
public sealed unsafe partial class NetworkInterface
{
    private const int LongestDhcpDatagram = PacketBuffer.Capacity - PacketBuffer.Headroom;
    private const int HeadersSize = Destination.HeadersSize + UdpHeader.Size;

    private readonly UdpTable _udp;
    private int _longestUdpPayload;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputUdp(PacketBuffer buffer, Ipv4Header* ip, int payload)
    {
        UdpHeader* udp = (UdpHeader*)(buffer.Page + buffer.Offset);
        int length;
        if (buffer.Length < UdpHeader.Size || (length = udp->Length.Value) < UdpHeader.Size || length > payload)
        {
            Drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        if (length < payload)
            PacketChain.Trim(buffer, length);
        if (!buffer.ChecksumVerified && udp->Checksum.Raw != 0 && !IsSumGood(buffer, ip))
        {
            Drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        UdpEndpoint? endpoint = _udp.Find(udp->DestinationPort, ip->Destination, udp->SourcePort, ip->Source);
        if (endpoint is null)
        {
            InputUdpUnclaimed(buffer, ip);
            return;
        }

        buffer.Offset += UdpHeader.Size;
        buffer.Length -= UdpHeader.Size;
        if (!endpoint.Deliver(buffer, this, ip->Source, udp->SourcePort))
            Drops.Drop(buffer, DropCause.QueueFull);
    }

    private bool IsSumGood(PacketBuffer buffer, Ipv4Header* ip)
    {
        int length = ((UdpHeader*)(buffer.Page + buffer.Offset))->Length.Value;
        ulong sum = InternetChecksum.PseudoHeader(ip->Source, ip->Destination, IpProtocol.Udp, length);
        sum = buffer.Next is null ? InternetChecksum.Sum(_counters, buffer.Data, sum) : PacketChain.Sum(_counters, buffer, sum);
        return InternetChecksum.Fold(sum) == InternetChecksum.Good;
    }

    private void InputUdpUnclaimed(PacketBuffer buffer, Ipv4Header* ip)
    {
        UdpHeader* udp = (UdpHeader*)(buffer.Page + buffer.Offset);
        if (_dhcp is not null && udp->DestinationPort.Value == DhcpMessage.ClientPort)
        {
            bool fromServer = udp->SourcePort.Value == DhcpMessage.ServerPort;
            PacketChain.Gather(buffer, LongestDhcpDatagram);
            if (fromServer && buffer.Next is null)
                _dhcp.Input(buffer.Data[UdpHeader.Size..], IpAddress.From(ip->Source), _now);
            buffer.Release();
        }
        else if (_group)
        {
            Drops.Drop(buffer, DropCause.NoListener);
        }
        else
        {
            SendError(buffer, ip, IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Port, rest: 0, DropCause.NoListener);
        }
    }

    /// <summary>Copies a payload into a buffer, puts the headers in front, and gathers or sends the frame.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="ports">The header's first four bytes: both ports.</param>
    /// <param name="payload">What the datagram carries.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SendStatus SendUdp(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _longestUdpPayload)
            return SendUdpFragments(destination, ports, payload);
        if (!_transmit.HasRoom() || _pool.TryTake(_pool.ControlReserve) is not { } buffer)
            return SendStatus.Busy;
        byte* frame = buffer.Page + buffer.Offset;
        int length = UdpHeader.Size + payload.Length;
        Unsafe.CopyBlockUnaligned(ref frame[HeadersSize], in MemoryMarshal.GetReference(payload), (uint)payload.Length);
        _counters.Count(PathEvent.CopiedBytes, payload.Length);
        destination.WriteHeaders(frame, IpProtocol.Udp, length, _identification++, default);

        // The header is one word; its sum with the pseudo-header's needs no reading of memory.
        uint rawLength = BigEndian16.From(length).Raw;
        uint sum = destination.PseudoHeader(IpProtocol.Udp, length);
        ulong checksum;
        if (_sumsOnTransmit)
        {
            ReadOnlySpan<byte> copied = new(frame + HeadersSize, length - UdpHeader.Size);
            ulong whole = InternetChecksum.Sum(_counters, copied, (ulong)ports.Raw + rawLength + sum);
            checksum = Finish(InternetChecksum.Fold(whole));
        }
        else
        {
            checksum = InternetChecksum.Fold(sum);
            buffer.ChecksumStart = Destination.HeadersSize;
            buffer.ChecksumOffset = UdpHeader.ChecksumOffset;
        }

        *(ulong*)(frame + Destination.HeadersSize) = ports.Raw | ((ulong)rawLength << 32) | (checksum << 48);
        buffer.Length = Destination.HeadersSize + length;
        destination.Neighbour.Used = true;
        if (_linkUp && destination.IsReady)
            _transmit.AddToRoom(buffer);
        else
            HoldOrDrop(buffer, destination);
        return SendStatus.Sent;
    }

    /// <summary>Sends a message that lies in a buffer with room for every header in front, summed by the guest.</summary>
    internal void SendUdp(PacketBuffer buffer, Destination destination, ushort sourcePort, ushort destinationPort)
    {
        buffer.Offset -= UdpHeader.Size;
        buffer.Length += UdpHeader.Size;
        byte* header = buffer.Page + buffer.Offset;
        *(UdpHeader*)header = new UdpHeader(sourcePort, destinationPort, buffer.Length);
        uint sum = destination.PseudoHeader(IpProtocol.Udp, buffer.Length);
        ushort folded = InternetChecksum.Fold(InternetChecksum.Sum(_counters, buffer.Data, sum));
        *(ushort*)(header + UdpHeader.ChecksumOffset) = Finish(folded);
        SendIpv4(buffer, destination, IpProtocol.Udp);
    }

    // A datagram in several packets: its checksum covers them all, so no device can compute it.
    private SendStatus SendUdpFragments(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > UdpHeader.MaximumPayload)
            return SendStatus.TooLong;
        int length = UdpHeader.Size + payload.Length;
        if (!_transmit.HasRoom() || TryTakePackets(length) is not { } first)
            return SendStatus.Busy;

        Span<byte> header = stackalloc byte[UdpHeader.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(header, ports.Raw | ((ulong)BigEndian16.From(length).Raw << 32));
        ulong sum = InternetChecksum.Sum(_counters, header, destination.PseudoHeader(IpProtocol.Udp, length));
        ushort checksum = Finish(InternetChecksum.Fold(InternetChecksum.Sum(_counters, payload, sum)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[UdpHeader.ChecksumOffset..], checksum);

        PacketChain.Write(first, 0, header);
        PacketChain.Write(first, UdpHeader.Size, payload);
        _counters.Count(PathEvent.CopiedBytes, payload.Length);
        SendIpv4(first, destination, IpProtocol.Udp);
        return SendStatus.Sent;
    }

    // RFC 768: a sum of zero is sent as all ones, since zero says that there is none.
    private static ushort Finish(ushort sum) => sum == InternetChecksum.Good ? InternetChecksum.Good : (ushort)~sum;
}
