using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>UDP (RFC 768; RFC 1122, 4.1): datagrams to endpoints, and from them.</summary>
internal sealed unsafe class UdpLayer
{
    private const int LongestDhcpDatagram = PacketBuffer.Capacity - PacketBuffer.Headroom;
    private const int HeadersSize = Destination.HeadersSize + UdpHeader.Size;

    private readonly NetworkInterface _interface;
    private readonly PacketInfo _info;
    private readonly EndpointTable _endpoints;
    private readonly IcmpLayer _icmp;
    private readonly Ipv4Output _output;
    private readonly TransmitQueue _transmit;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;
    private int _longestPayload;

    // Where the device's sum begins; 0 if the guest sums.
    private ushort _checksumStart;

    /// <summary>Makes the layer of an interface.</summary>
    public UdpLayer(NetworkInterface owner, PacketInfo info, EndpointTable endpoints, IcmpLayer icmp, Ipv4Output output, TransmitQueue transmit)
    {
        _interface = owner;
        _info = info;
        _endpoints = endpoints;
        _icmp = icmp;
        _output = output;
        _transmit = transmit;
        _pool = owner.Pool;
        _drops = owner.Drops;
        Counters = owner.Counters;
    }

    /// <summary>Where copied and summed bytes are counted.</summary>
    public PathCounters Counters { private get; set; }

    /// <summary>Takes over what a packet may be.</summary>
    /// <param name="mtu">The longest packet, in bytes; what a buffer does not hold goes in several.</param>
    /// <param name="sums">Whether the guest sums what it sends; else the device does.</param>
    public void Configure(int mtu, bool sums)
    {
        const int Fits = PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeader.Size;
        _longestPayload = Math.Min(mtu, Fits) - Ipv4Header.Size - UdpHeader.Size;
        _checksumStart = (ushort)(sums ? 0 : Destination.HeadersSize);
    }

    /// <summary>Takes a datagram.</summary>
    /// <param name="buffer">The packet, from the UDP header on.</param>
    /// <param name="payload">Bytes behind the IP header, in all buffers.</param>
    public void Input(PacketBuffer buffer, int payload)
    {
        UdpHeader* udp = HeaderOf(buffer);
        if (buffer.Length < UdpHeader.Size || udp->Length.Value != payload)
            InputOddLength(buffer, payload);
        else
            InputWhole(buffer, udp);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputWhole(PacketBuffer buffer, UdpHeader* udp)
    {
        if (buffer.ChecksumVerified || udp->Checksum.Raw == 0)
            InputHonest(buffer, udp);
        else
            InputUnverified(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputHonest(PacketBuffer buffer, UdpHeader* udp)
    {
        PacketInfo info = _info;
        info.SourcePort = udp->SourcePort;
        if (_endpoints.FindFirst(IpProtocol.Udp, udp->DestinationPort, info) is { } endpoint)
            Deliver(buffer, endpoint);
        else
            InputForOthers(buffer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputForOthers(PacketBuffer buffer)
    {
        if (_endpoints.Find(IpProtocol.Udp, HeaderOf(buffer)->DestinationPort, _info) is { } endpoint)
            Deliver(buffer, endpoint);
        else
            InputUnclaimed(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver(PacketBuffer buffer, Endpoint endpoint)
    {
        buffer.Offset += UdpHeader.Size;
        buffer.Length -= UdpHeader.Size;
        Unsafe.As<UdpEndpoint>(endpoint).Deliver(buffer, _info);
    }

    // An IP packet may be longer than the datagram that it carries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputOddLength(PacketBuffer buffer, int payload)
    {
        UdpHeader* udp = HeaderOf(buffer);
        int length;
        if (buffer.Length < UdpHeader.Size || (length = udp->Length.Value) < UdpHeader.Size || length > payload)
        {
            _drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        PacketChain.Trim(buffer, length);
        InputWhole(buffer, udp);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputUnverified(PacketBuffer buffer)
    {
        UdpHeader* udp = HeaderOf(buffer);
        ulong sum = _info.PseudoHeader(IpProtocol.Udp, udp->Length);
        sum = buffer.Next is null ? InternetChecksum.Sum(Counters, buffer.Data, sum) : PacketChain.Sum(Counters, buffer, sum);
        if (InternetChecksum.IsGood(sum))
            InputHonest(buffer, udp);
        else
            _drops.Drop(buffer, DropCause.BadChecksum);
    }

    private void InputUnclaimed(PacketBuffer buffer)
    {
        UdpHeader* udp = HeaderOf(buffer);
        if (_interface.Dhcp is { } dhcp && udp->DestinationPort.Value == DhcpMessage.ClientPort)
        {
            bool fromServer = udp->SourcePort.Value == DhcpMessage.ServerPort;
            PacketChain.Gather(buffer, LongestDhcpDatagram);
            if (fromServer && buffer.Next is null)
                dhcp.Input(buffer.Data[UdpHeader.Size..], _info.Source, _interface.Now);
            buffer.Release();
        }
        else if (_info.IsGroup)
        {
            _drops.Drop(buffer, DropCause.NoListener);
        }
        else
        {
            _icmp.SendError(buffer, _info, IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Port, rest: 0, DropCause.NoListener);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UdpHeader* HeaderOf(PacketBuffer buffer) => (UdpHeader*)(buffer.Page + buffer.Offset);

    /// <summary>Copies a payload into a buffer, puts the headers in front, and gathers the frame, if nothing stands in the way.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="ports">The header's first four bytes: both ports.</param>
    /// <param name="payload">What the datagram carries.</param>
    /// <returns>False if it takes several packets, there is no room or no buffer for it, or the neighbour is not known yet: <see cref="Send(Destination, BigEndian32, ReadOnlySpan{byte})"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TrySend(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _longestPayload || _transmit.IsFull || !destination.IsReady || _pool.TryTake(_pool.ControlReserve) is not { } buffer)
            return false;
        byte* frame = Write(buffer, destination, ports, payload.Length);
        destination.Neighbour.Used = true;
        _transmit.AddToRoom(buffer);

        // The copy comes last, so that little need outlive it.
        Unsafe.CopyBlockUnaligned(ref frame[HeadersSize], in MemoryMarshal.GetReference(payload), (uint)payload.Length);
        if (_checksumStart == 0)
            FinishChecksum(frame, payload.Length);
        return true;
    }

    /// <summary>Sends a datagram of any length, now or when its neighbour is known.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal SendStatus Send(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _longestPayload)
            return SendFragments(destination, ports, payload);
        if (!_transmit.HasRoom() || _pool.TryTake(_pool.ControlReserve) is not { } buffer)
            return SendStatus.Busy;
        byte* frame = Write(buffer, destination, ports, payload.Length);
        payload.CopyTo(new Span<byte>(frame + HeadersSize, payload.Length));
        if (_checksumStart == 0)
            FinishChecksum(frame, payload.Length);
        _output.SendFrame(buffer, destination);
        return SendStatus.Sent;
    }

    /// <summary>Writes all headers of a datagram; its checksum is that of the pseudo-header alone, to be finished by the device or by <see cref="FinishChecksum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Write(PacketBuffer buffer, Destination destination, BigEndian32 ports, int payloadLength)
    {
        byte* frame = buffer.Page + PacketBuffer.Headroom;
        int length = UdpHeader.Size + payloadLength;
        buffer.Length = Destination.HeadersSize + length;
        buffer.ChecksumStart = _checksumStart;
        buffer.ChecksumOffset = UdpHeader.ChecksumOffset;
        destination.WriteHeaders(frame, IpProtocol.Udp, length, _output.TakeIdentification(), default);
        ulong checksum = InternetChecksum.Fold(destination.PseudoHeader(IpProtocol.Udp, length));
        *(ulong*)(frame + Destination.HeadersSize) = ports.Raw | ((ulong)BigEndian16.From(length).Raw << 32) | (checksum << 48);
        Counters.Count(PathEvent.CopiedBytes, payloadLength);
        return frame;
    }

    // What a device does that sums: from the UDP header on, the pseudo-header's sum being in the checksum's place already.
    private void FinishChecksum(byte* frame, int payloadLength)
    {
        ulong header = *(ulong*)(frame + Destination.HeadersSize);
        ulong sum = InternetChecksum.Sum(Counters, new(frame + HeadersSize, payloadLength), (header >> 32) + (uint)header);
        *(ushort*)(frame + Destination.HeadersSize + UdpHeader.ChecksumOffset) = Finish(InternetChecksum.Fold(sum));
    }

    /// <summary>Sends a message that lies in a buffer with room for every header in front, summed by the guest.</summary>
    public void Send(PacketBuffer buffer, Destination destination, ushort sourcePort, ushort destinationPort)
    {
        buffer.Offset -= UdpHeader.Size;
        buffer.Length += UdpHeader.Size;
        byte* header = buffer.Page + buffer.Offset;
        *(UdpHeader*)header = new UdpHeader(sourcePort, destinationPort, buffer.Length);
        uint sum = destination.PseudoHeader(IpProtocol.Udp, buffer.Length);
        ushort folded = InternetChecksum.Fold(InternetChecksum.Sum(Counters, buffer.Data, sum));
        *(ushort*)(header + UdpHeader.ChecksumOffset) = Finish(folded);
        _output.Send(buffer, destination, IpProtocol.Udp);
    }

    // A datagram in several packets: its checksum covers them all, so no device can compute it.
    private SendStatus SendFragments(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > UdpHeader.MaximumPayload)
            return SendStatus.TooLong;
        int length = UdpHeader.Size + payload.Length;
        if (!_transmit.HasRoom() || _output.TryTakePackets(length) is not { } first)
            return SendStatus.Busy;

        Span<byte> header = stackalloc byte[UdpHeader.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(header, ports.Raw | ((ulong)BigEndian16.From(length).Raw << 32));
        ulong sum = InternetChecksum.Sum(Counters, header, destination.PseudoHeader(IpProtocol.Udp, length));
        ushort checksum = Finish(InternetChecksum.Fold(InternetChecksum.Sum(Counters, payload, sum)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[UdpHeader.ChecksumOffset..], checksum);

        PacketChain.Write(first, 0, header);
        PacketChain.Write(first, UdpHeader.Size, payload);
        Counters.Count(PathEvent.CopiedBytes, payload.Length);
        _output.Send(first, destination, IpProtocol.Udp);
        return SendStatus.Sent;
    }

    // RFC 768: a sum of zero is sent as all ones, since zero says that there is none.
    private static ushort Finish(ushort sum) => sum == InternetChecksum.Good ? InternetChecksum.Good : (ushort)~sum;
}
