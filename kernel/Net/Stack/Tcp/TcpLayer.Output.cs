using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Segments on the way out.</summary>
internal sealed unsafe partial class TcpLayer
{
    /// <summary>Bytes of the headers in front of TCP's.</summary>
    private static int HeadersBefore(Destination destination) => destination.HeadersSize;

    /// <summary>The longest payload of a segment without options that goes in one packet and in one buffer (RFC 9293, 3.7.1: MUST-67).</summary>
    public static int SegmentFor(Destination destination)
    {
        int packet = Math.Min(destination.Mtu, PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeader.Size);
        return packet - (HeadersBefore(destination) - EthernetHeader.Size) - TcpHeader.Size;
    }

    /// <summary>Takes a buffer for a segment, if the device takes one too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBuffer? TryTake() => _transmit.HasRoom() ? _pool.TryTake(_pool.ControlReserve) : null;

    /// <summary>Where the header of a segment goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* HeaderIn(PacketBuffer buffer, Destination destination) => buffer.Page + PacketBuffer.Headroom + HeadersBefore(destination);

    /// <summary>Writes the fixed part of a header; its checksum is made by <see cref="Send"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteHeader(byte* header, BigEndian16 source, BigEndian16 destination, SequenceNumber sequence, SequenceNumber acknowledgement,
        TcpFlags flags, int headerLength, int window)
    {
        uint* words = (uint*)header;
        words[0] = source.Raw | ((uint)destination.Raw << 16);
        words[1] = BigEndian32.From(sequence.Value).Raw;
        words[2] = BigEndian32.From(acknowledgement.Value).Raw;
        words[3] = ((uint)headerLength << 2) | ((uint)flags << 8) | ((uint)BigEndian16.From(window).Raw << 16);
        words[4] = 0;
    }

    /// <summary>Puts the other headers in front of a segment and gathers the frame.</summary>
    /// <param name="buffer">What <see cref="TryTake"/> gave.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="header">Where the segment begins.</param>
    /// <param name="length">Bytes in it.</param>
    /// <param name="mayBeMarked">Whether routers may mark it instead of dropping it (RFC 3168, 5: ECT(0)).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(PacketBuffer buffer, Destination destination, byte* header, int length, bool mayBeMarked = false)
    {
        int before = HeadersBefore(destination);
        byte* frame = header - before;
        buffer.Length = before + length;
        ushort pseudo = InternetChecksum.Fold(destination.PseudoHeader(IpProtocol.Tcp, length));
        if (!IsSummedByDevice(destination))
        {
            ulong sum = InternetChecksum.Sum(Counters, new(header, length), pseudo);
            *(ushort*)(header + TcpHeader.ChecksumOffset) = (ushort)~InternetChecksum.Fold(sum);
        }
        else
        {
            *(ushort*)(header + TcpHeader.ChecksumOffset) = pseudo;
            buffer.ChecksumStart = (ushort)before;
            buffer.ChecksumOffset = TcpHeader.ChecksumOffset;
        }

        // Never in fragments: too long a packet is to be told of (RFC 1191, 3).
        destination.WriteHeaders(frame, IpProtocol.Tcp, length, _output.TakeIdentification(), BigEndian16.From(Ipv4Header.DontFragment));
        if (mayBeMarked)
            destination.AllowMarking(frame);
        if (_tcp.Trace is not null)
            Tell(destination, header, length);
        _output.SendFrame(buffer, destination);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(Destination destination, byte* header, int length) =>
        _tcp.Trace!.Sent(destination, (TcpHeader*)header, length - ((TcpHeader*)header)->HeaderLength);

    /// <summary>Whether the device cuts packets to a destination into segments.</summary>
    public bool IsCutByDevice(Destination destination) =>
        IsSummedByDevice(destination)
        && (_offloads & (destination.IsIpv6 ? NetworkOffloads.SegmentationTcp6 : NetworkOffloads.SegmentationTcp4)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSummedByDevice(Destination destination) =>
        (_offloads & (destination.IsIpv6 ? NetworkOffloads.TransmitChecksumIpv6 : NetworkOffloads.TransmitChecksum)) != 0;

    /// <summary>Puts the other headers in front of a header, behind which the payload lies in further buffers, and gathers the packet, which the device cuts.</summary>
    /// <param name="buffer">What <see cref="TryTake"/> gave; the payload follows it.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="header">Where TCP's header begins.</param>
    /// <param name="headerLength">Its length, with options.</param>
    /// <param name="payload">Bytes of payload.</param>
    /// <param name="size">How many of them a segment has.</param>
    /// <param name="mayBeMarked">Whether routers may mark the segments instead of dropping them.</param>
    public void SendCut(PacketBuffer buffer, Destination destination, byte* header, int headerLength, int payload, int size, bool mayBeMarked)
    {
        int before = HeadersBefore(destination);
        int length = headerLength + payload;
        buffer.Length = before + headerLength;
        *(ushort*)(header + TcpHeader.ChecksumOffset) = InternetChecksum.Fold(destination.PseudoHeader(IpProtocol.Tcp, length));
        buffer.ChecksumStart = (ushort)before;
        buffer.ChecksumOffset = TcpHeader.ChecksumOffset;
        buffer.RequestSegments(size, before + headerLength);
        byte* frame = header - before;
        destination.WriteHeaders(frame, IpProtocol.Tcp, length, _output.TakeIdentification(), BigEndian16.From(Ipv4Header.DontFragment));
        if (mayBeMarked)
            destination.AllowMarking(frame);
        if (_tcp.Trace is not null)
            Tell(destination, header, length);
        _output.SendFrame(buffer, destination);
    }

    /// <summary>Sends a SYN, or one that answers another (RFC 9293, 3.5). One for which there is no buffer is lost, and sent again as others that are lost.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="from">Whose ports it has.</param>
    /// <param name="sequence">The number of the SYN.</param>
    /// <param name="acknowledgement">What is acknowledged.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="window">The window in bytes, which is not shifted here.</param>
    /// <param name="options">The options.</param>
    public void SendSyn(Destination destination, Endpoint from, SequenceNumber sequence, SequenceNumber acknowledgement, TcpFlags flags, int window, in SynOptions options) =>
        SendSyn(destination, from.RawLocalPort, from.RawRemotePort, sequence, acknowledgement, flags, window, in options);

    /// <summary>Answers a SYN of which nothing is kept.</summary>
    public void SendSynBack(Destination destination, in TcpSegment segment, SequenceNumber sequence, int window, in SynOptions options) =>
        SendSyn(destination, segment.LocalPort, segment.RemotePort, sequence, segment.Sequence + 1, TcpFlags.Syn | TcpFlags.Ack, window, in options);

    private void SendSyn(Destination destination, BigEndian16 local, BigEndian16 remote, SequenceNumber sequence, SequenceNumber acknowledgement,
        TcpFlags flags, int window, in SynOptions options)
    {
        if (TryTake() is not { } buffer)
            return;
        byte* header = HeaderIn(buffer, destination);
        int headerLength = (int)(options.Write(header + TcpHeader.Size) - header);
        WriteHeader(header, local, remote, sequence, acknowledgement, flags, headerLength, window);
        Send(buffer, destination, header, headerLength);
    }

    /// <summary>Answers a segment that has no connection, or cannot belong to the one that there is (RFC 9293, 3.5.2 and 3.10.7.1).</summary>
    public void SendReset(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
            return;
        if (!_resets.TryTake(_interface.Now))
        {
            _drops.Count(DropCause.RateLimited);
            return;
        }

        _tcp.Counters.Resets++;
        if (segment.Has(TcpFlags.Ack))
            SendAnswer(in segment, segment.Acknowledgement, default, TcpFlags.Rst);
        else
            SendAnswer(in segment, default, segment.End, TcpFlags.Rst | TcpFlags.Ack);
    }

    /// <summary>Sends a header and nothing else back to where a segment came from.</summary>
    private void SendAnswer(in TcpSegment segment, SequenceNumber sequence, SequenceNumber acknowledgement, TcpFlags flags,
        bool hasTimestamps = false, uint clock = 0, uint echo = 0)
    {
        // By whichever interface leads there: not this one, maybe.
        if (_tcp.Stack.FindDestination(segment.Info.Source, segment.Info.Destination, null) is not { } destination || destination.Via.Tcp.TryTake() is not { } buffer)
            return;
        byte* header = HeaderIn(buffer, destination);
        byte* end = header + TcpHeader.Size;
        if (hasTimestamps)
            end = TcpOptionWriter.WriteTimestamps(end, clock, echo);
        WriteHeader(header, segment.LocalPort, segment.RemotePort, sequence, acknowledgement, flags, (int)(end - header), 0);
        destination.Via.Tcp.Send(buffer, destination, header, (int)(end - header));
    }

    /// <summary>Says to a segment of a connection that is over where it ended.</summary>
    public void SendTimeWaitAnswer(in TcpSegment segment, in TcpTimeWaitNumbers numbers, Instant now)
    {
        uint clock = TcpConnections.TimestampAt(now) + numbers.TimestampOffset;
        SendAnswer(in segment, numbers.SendNext, numbers.ReceiveNext, TcpFlags.Ack, numbers.HasTimestamps, clock, numbers.RecentTimestamp);
    }
}
