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

    private readonly NetworkInterface _interface;
    private readonly PacketInfo _info;
    private readonly EndpointTable _endpoints;
    private readonly IcmpLayer _icmp;
    private readonly IpOutput _output;
    private readonly TransmitQueue _transmit;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;

    // Where the device's sum begins in an IPv4 packet; 0 if the guest sums.
    private ushort _ipv4ChecksumStart;
    private bool _sumsIpv6;

    /// <summary>Makes the layer of an interface.</summary>
    public UdpLayer(NetworkInterface owner, PacketInfo info, EndpointTable endpoints, IcmpLayer icmp, IpOutput output, TransmitQueue transmit)
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

    /// <summary>Who tells the senders of what came by IPv6; there before anything does.</summary>
    public Icmpv6Layer? Icmpv6 { private get; set; }

    /// <summary>Where copied and summed bytes are counted.</summary>
    public PathCounters Counters { private get; set; }

    /// <summary>Takes over what the device does; the guest sums what it sends where that does not.</summary>
    public void Configure(NetworkOffloads offloads)
    {
        _ipv4ChecksumStart = (ushort)((offloads & NetworkOffloads.TransmitChecksum) == 0 ? 0 : Destination.Ipv4HeadersSize);
        _sumsIpv6 = (offloads & NetworkOffloads.TransmitChecksumIpv6) == 0;
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
        if (TryTrim(buffer, payload))
            InputWhole(buffer, HeaderOf(buffer));
    }

    /// <summary>Leaves of what an IP packet carries the datagram; drops it if that is not all there.</summary>
    private bool TryTrim(PacketBuffer buffer, int payload)
    {
        int length;
        if (buffer.Length < UdpHeader.Size || (length = HeaderOf(buffer)->Length.Value) < UdpHeader.Size || length > payload)
        {
            _drops.Drop(buffer, DropCause.Truncated);
            return false;
        }

        PacketChain.Trim(buffer, length);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputUnverified(PacketBuffer buffer)
    {
        UdpHeader* udp = HeaderOf(buffer);
        if (IsSumGood(buffer, udp))
            InputHonest(buffer, udp);
        else
            _drops.Drop(buffer, DropCause.BadChecksum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSumGood(PacketBuffer buffer, UdpHeader* udp)
    {
        ulong sum = _info.PseudoHeader(IpProtocol.Udp, udp->Length);
        sum = buffer.Next is null ? InternetChecksum.Sum(Counters, buffer.Data, sum) : PacketChain.Sum(Counters, buffer, sum);
        return InternetChecksum.IsGood(sum);
    }

    /// <summary>Takes a datagram that was sent by IPv4 to more than this host.</summary>
    /// <inheritdoc cref="Input"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void InputForGroup(PacketBuffer buffer, int payload)
    {
        if (!TryTrim(buffer, payload))
            return;
        UdpHeader* udp = HeaderOf(buffer);
        if (udp->Checksum.Raw != 0 && !buffer.ChecksumVerified && !IsSumGood(buffer, udp))
        {
            _drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        _info.SourcePort = udp->SourcePort;
        InputForMembers(buffer);
    }

    /// <summary>What was sent to a group is for those who joined it, not for whoever has the port; what was sent to everyone, or to every host's group of IPv6, is for that one.</summary>
    private void InputForMembers(PacketBuffer buffer)
    {
        IpAddress destination = _info.Destination;
        bool isForMembers = destination.IsMulticast && !Ipv6Group.IsAllNodes(destination);
        if (_endpoints.Find(IpProtocol.Udp, HeaderOf(buffer)->DestinationPort, _info) is not { } endpoint
            || (isForMembers && !Unsafe.As<UdpEndpoint>(endpoint).IsIn(destination, _interface)))
        {
            InputUnclaimed(buffer);
            return;
        }

        Deliver(buffer, endpoint);
    }

    /// <summary>Takes a datagram that came by IPv6: one without a checksum is none (RFC 8200, 8.1).</summary>
    /// <param name="buffer">The packet, from the UDP header on.</param>
    /// <param name="payload">Bytes behind the headers of IP, in all buffers.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void InputIpv6(PacketBuffer buffer, int payload)
    {
        if (!TryTrim(buffer, payload))
            return;
        UdpHeader* udp = HeaderOf(buffer);
        if (udp->Checksum.Raw == 0 || (!buffer.ChecksumVerified && !IsSumGood(buffer, udp)))
        {
            _drops.Drop(buffer, DropCause.BadChecksum);
        }
        else if (_info.Source.IsUnspecified)
        {
            _drops.Drop(buffer, DropCause.BadSource);
        }
        else
        {
            _info.SourcePort = udp->SourcePort;
            if (_info.IsGroup)
                InputForMembers(buffer);
            else
                InputForOthers(buffer);
        }
    }

    private void InputUnclaimed(PacketBuffer buffer)
    {
        UdpHeader* udp = HeaderOf(buffer);
        if (_interface.Dhcp is { } dhcp && !_info.IsIpv6 && udp->DestinationPort.Value == DhcpMessage.ClientPort)
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
        else if (_info.IsIpv6)
        {
            Icmpv6!.SendError(buffer, _info, Icmpv6Type.DestinationUnreachable, (byte)Icmpv6Unreachable.Port, rest: 0, DropCause.NoListener);
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
    /// <returns>False if it goes by IPv6 or takes several packets, there is no room or no buffer for it, or the neighbour is not known yet:
    /// <see cref="Send(Destination, BigEndian32, ReadOnlySpan{byte})"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TrySend(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        const int Headers = Destination.Ipv4HeadersSize;
        if (payload.Length > destination.LongestIpv4Datagram || _transmit.IsFull || !destination.IsReady || _pool.TryTake(_pool.ControlReserve) is not { } buffer)
            return false;
        byte* frame = Write(buffer, destination, ports, payload.Length, Headers, _ipv4ChecksumStart);
        destination.Neighbour.Used = true;
        _transmit.AddToRoom(buffer);

        // The copy comes last, so that little need outlive it.
        Unsafe.CopyBlockUnaligned(ref frame[Headers + UdpHeader.Size], in MemoryMarshal.GetReference(payload), (uint)payload.Length);
        if (_ipv4ChecksumStart == 0)
            FinishChecksum(frame + Headers, payload.Length);
        return true;
    }

    /// <summary>Sends a datagram of any length by either version of IP, now or when its neighbour is known.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal SendStatus Send(Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        int headers = destination.HeadersSize;
        int longest = Math.Min(destination.Mtu + EthernetHeader.Size, PacketBuffer.Capacity - PacketBuffer.Headroom) - headers - UdpHeader.Size;
        if (payload.Length > longest)
            return SendFragments(destination, ports, payload);
        if (!_transmit.HasRoom() || _pool.TryTake(_pool.ControlReserve) is not { } buffer)
            return SendStatus.Busy;
        bool sums = destination.IsIpv6 ? _sumsIpv6 : _ipv4ChecksumStart == 0;
        byte* frame = Write(buffer, destination, ports, payload.Length, headers, (ushort)(sums ? 0 : headers));
        payload.CopyTo(new Span<byte>(frame + headers + UdpHeader.Size, payload.Length));
        if (sums)
            FinishChecksum(frame + headers, payload.Length);
        _output.SendFrame(buffer, destination);
        return SendStatus.Sent;
    }

    /// <summary>Writes all headers of a datagram; its checksum is that of the pseudo-header alone, to be finished by the device or by <see cref="FinishChecksum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Write(PacketBuffer buffer, Destination destination, BigEndian32 ports, int payloadLength, int headers, ushort checksumStart)
    {
        byte* frame = buffer.Page + PacketBuffer.Headroom;
        int length = UdpHeader.Size + payloadLength;
        buffer.Length = headers + length;
        buffer.ChecksumStart = checksumStart;
        buffer.ChecksumOffset = UdpHeader.ChecksumOffset;
        if (headers == Destination.Ipv4HeadersSize)
            destination.WriteIpv4Headers(frame, IpProtocol.Udp, length, _output.TakeIdentification(), default);
        else
            destination.WriteIpv6Headers(frame, IpProtocol.Udp, length);
        ulong checksum = InternetChecksum.Fold(destination.PseudoHeader(IpProtocol.Udp, length));
        *(ulong*)(frame + headers) = ports.Raw | ((ulong)BigEndian16.From(length).Raw << 32) | (checksum << 48);
        Counters.Count(PathEvent.CopiedBytes, payloadLength);
        return frame;
    }

    // What a device does that sums: from the UDP header on, the pseudo-header's sum being in the checksum's place already.
    private void FinishChecksum(byte* udp, int payloadLength)
    {
        ulong header = *(ulong*)udp;
        ulong sum = InternetChecksum.Sum(Counters, new(udp + UdpHeader.Size, payloadLength), (header >> 32) + (uint)header);
        *(ushort*)(udp + UdpHeader.ChecksumOffset) = Finish(InternetChecksum.Fold(sum));
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
        if (payload.Length > (destination.IsIpv6 ? Ipv6Header.MaximumPayload - UdpHeader.Size : UdpHeader.MaximumPayload))
            return SendStatus.TooLong;
        int length = UdpHeader.Size + payload.Length;
        if (!_transmit.HasRoom() || _output.TryTakePackets(destination, length) is not { } first)
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
