using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Segments as they leave: the header with what is true now, the options, the bytes of the queue.</summary>
public sealed unsafe partial class TcpEndpoint
{
    // RFC 9293, 3.7.1 (MUST-15): what every host takes that does not say otherwise; packets of 576 bytes and of 1,280, less their headers.
    private const int DefaultPeerSegment = 536;
    private const int DefaultPeerSegmentIpv6 = 1220;

    // A peer that asks for less has its data in as many segments as it likes, but not this host's whole time.
    private const int LeastPeerSegment = 88;

    private const int MostSackRanges = 4;
    private const int MostSackRangesBesideTimestamps = 3;

    private Destination? _destination;
    private uint _timestampOffset;

    // Bytes of payload in a full segment as sent and as received, and what bounds it: the other side, and what the path is known to carry.
    private int _segmentSize;
    private int _receiveSegment;
    private int _peerSegment;
    private int _pathSegment;

    private int TimestampsLength => _hasTimestamps ? TcpOptionWriter.TimestampsLength : 0;

    /// <summary>Bytes of payload in a full segment now: a packet has room for so much beside what tells of gaps.</summary>
    private int FullSegment
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TellsOfGaps ? _segmentSize - TcpOptionWriter.SackLength(SackRangesToTell) : _segmentSize;
    }

    private bool TellsOfGaps
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _hasSack && (!_early.IsEmpty || _early.Ranges.Count != 0);
    }

    private int SackRangesToTell => Math.Min(_early.Ranges.Count, _hasTimestamps ? MostSackRangesBesideTimestamps : MostSackRanges);

    private uint Timestamp(Instant now) => TcpConnections.TimestampAt(now) + _timestampOffset;

    /// <summary>The way to the other side, as it is now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Destination? FindDestination()
    {
        Destination? destination = _destination;
        return destination is not null && destination.Generation == _stack.Generation && destination.Address == RemoteAddress ? destination : FindDestinationAnew();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Destination? FindDestinationAnew()
    {
        _destination = _stack.FindDestination(RemoteAddress, LocalAddress, null);
        if (_destination is { } destination)
            SetSegmentSize(TcpLayer.SegmentFor(destination));
        else
            _stack.Drops.Count(DropCause.NoRoute);
        return _destination;
    }

    private void SetPeerSegment(int bytes)
    {
        int assumed = RemoteAddress.IsIpv4 ? DefaultPeerSegment : DefaultPeerSegmentIpv6;
        _peerSegment = bytes == 0 ? assumed : Math.Max(bytes, LeastPeerSegment);
        if (FindDestination() is { } destination)
            SetSegmentSize(TcpLayer.SegmentFor(destination));
    }

    /// <summary>RFC 9293, 3.7.1: what the other side takes, what the path carries, less the options that every segment has.</summary>
    private void SetSegmentSize(int linkSegment)
    {
        _receiveSegment = linkSegment;
        int size = _peerSegment == 0 ? linkSegment : Math.Min(linkSegment, _peerSegment);
        if (_pathSegment != 0)
            size = Math.Min(size, _pathSegment);
        _segmentSize = size - TimestampsLength;
        _congestion.SetSegmentSize(_segmentSize);
    }

    /// <summary>Sends bytes of the queue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Transmit(SequenceNumber sequence, TcpFlags flags, int length, bool isNew, Instant now)
    {
        if (FindDestination() is not { } destination || destination.Via.Tcp.TryTake() is not { } buffer)
            return false;
        bool mayBeMarked = _usesEcn && isNew && length != 0;
        if (_usesEcn)
            flags = AddEcn(flags, mayBeMarked);
        byte* header = TcpLayer.HeaderIn(buffer, destination);
        byte* payload = WriteHeader(header, sequence, flags, now);
        if (length != 0)
        {
            _unacknowledged.CopyTo(sequence - _queueStart, new(payload, length));
            destination.Via.CountCopied(length);
        }

        destination.Via.Tcp.Send(buffer, destination, header, (int)(payload - header) + length, mayBeMarked);
        return true;
    }

    /// <summary>Writes a header and its options.</summary>
    /// <returns>Where the payload goes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* WriteHeader(byte* header, SequenceNumber sequence, TcpFlags flags, Instant now)
    {
        byte* options = header + TcpHeader.Size;
        if (_hasTimestamps)
            options = TcpOptionWriter.WriteTimestamps(options, Timestamp(now), _recentTimestamp);
        if (TellsOfGaps)
            options = WriteSack(options);
        TcpLayer.WriteHeader(header, RawLocalPort, RawRemotePort, sequence, _receiveNext, flags, (int)(options - header), TakeWindow());
        OnAcknowledgementSent();
        return options;
    }

    private byte* WriteSack(byte* options)
    {
        int count = SackRangesToTell;
        if (count == 0)
            return options;
        options = TcpOptionWriter.BeginSack(options, count);
        for (int i = 0; i < count; i++)
        {
            _early.Ranges.Get(i, out SequenceNumber start, out SequenceNumber end);
            options = TcpOptionWriter.WriteSackBlock(options, start, end);
        }

        _early.Ranges.OnTold();
        return options;
    }

    /// <summary>The window for a header; what was promised once is never taken back (RFC 9293, 3.8.6: SHLD-14).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeWindow()
    {
        int promised = _advertised - _receiveNext;
        int room = Math.Max(ReceiveBufferSize - _unread.Length, 0);
        int window = room - promised >= Math.Min(ReceiveBufferSize / 2, _receiveSegment) ? room : Math.Max(promised, 0);

        // Rounded down where it grows, up where it stays: the edge does not move back.
        int field = window == promised ? (window + (1 << _receiveShift) - 1) >> _receiveShift : window >> _receiveShift;
        if (field > ushort.MaxValue)
            field = ushort.MaxValue;
        int told = field << _receiveShift;
        if (told > promised)
            _advertised = _receiveNext + told;
        return field;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OnAcknowledgementSent()
    {
        _ackNow = false;
        _acknowledgeAt = Instant.Never;
        _lastAcknowledged = _receiveNext;
    }

    private void SendAcknowledgement(Instant now)
    {
        if (!TrySendEmpty(_sendNext, now))
            RetrySoon(now);
    }

    private void SendEmpty(SequenceNumber sequence) => TrySendEmpty(sequence, _stack.Now);

    private bool TrySendEmpty(SequenceNumber sequence, Instant now) => Transmit(sequence, TcpFlags.Ack, 0, isNew: false, now);

    /// <summary>Sends the SYN for the first time; RFC 9293, 3.7.1, 3.10.1.</summary>
    private void SendSyn(Instant now)
    {
        if (_tcp.Records.TryTake() is { } record)
        {
            _sent.Add(record, _initialSend, _initialSend + 1, now);
            _sendNext = _initialSend + 1;
        }

        _offersEcn = _tcp.OffersEcn;
        SendSynSegment(now);
        ScheduleRetransmission(now);
    }

    private void SendSynAgain(Instant now)
    {
        // RFC 3168, 6.1.1.1: a SYN that is lost may have been thrown away for what it asked.
        _offersEcn &= _state == TcpState.SynReceived;
        SendSynSegment(now);
        if (_sent.First is { } record)
            _sent.OnRetransmitted(record, now);
        ScheduleRetransmission(now);
    }

    private void SendSynSegment(Instant now)
    {
        if (FindDestination() is not { } destination)
            return;
        bool acknowledges = _state == TcpState.SynReceived;
        TcpFlags flags = TcpFlags.Syn | (acknowledges ? TcpFlags.Ack : TcpFlags.None);
        if (_offersEcn && !acknowledges)
            flags |= TcpFlags.Ece | TcpFlags.Cwr;
        SynOptions options = new()
        {
            MaximumSegment = TcpLayer.SegmentFor(destination),
            HasWindowShift = !acknowledges || _scalesWindows,
            WindowShift = _receiveShift,
            PermitsSack = !acknowledges || _hasSack,
            HasTimestamps = !acknowledges || _hasTimestamps,
            TimestampValue = Timestamp(now),
            TimestampEcho = acknowledges ? _recentTimestamp : 0,
        };
        int window = Math.Min(ReceiveBufferSize, ushort.MaxValue);
        if (acknowledges)
            _advertised = SequenceNumber.Later(_advertised, _receiveNext + window);
        destination.Via.Tcp.SendSyn(destination, this, _initialSend, acknowledges ? _receiveNext : default, flags, window, in options);
    }
}
