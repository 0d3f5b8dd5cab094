using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What may be sent now (RFC 9293, 3.7.4, 3.8.6): as much as the other side takes, as the path takes, and as is worth a segment.</summary>
public sealed partial class TcpEndpoint
{
    // The next number to be sent (SND.NXT); the number of the first byte in the queue.
    private SequenceNumber _sendNext;
    private SequenceNumber _queueStart;
    private bool _finQueued;
    private bool _wantsMemory;
    private Instant _lastSent;

    private SequenceNumber QueueEnd => _queueStart + _unacknowledged.Length;

    // Who waits for room is told when there is enough for several segments.
    private const int LeastRoomToTell = 16 * 1024;

    private bool HasMoreToSend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _sendNext != QueueEnd || _sent.Lost != 0 || _finQueued;
    }

    private int Unsent => QueueEnd - _sendNext;

    private bool IsFinSent => _sendNext > QueueEnd;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PacketPool? FindPool()
    {
        if (_destination is { } destination)
            return destination.Via.Pool;
        return FindDestination()?.Via.Pool;
    }

    // What the application sends goes at once, unless more that it was sent waits to be answered: docs/decisions/0006.
    private void OutputOfApplication()
    {
        Output(_stack.ReadClock());
        if (_destination is not { } destination)
            return;
        if (_unread.Length == 0)
            destination.Via.Flush();
        else if (destination.Via.WantsClock)
            _stack.FlushIfLate(destination.Via);
    }

    /// <summary>Sends what may be sent.</summary>
    private void Output(Instant now)
    {
        if (_state < TcpState.Established)
            return;
        if (_sent.Lost != 0 && !RetransmitLost(now))
            return;
        int unsent = Unsent;
        if (unsent < 0 || (unsent == 0 && !_finQueued))
            return;
        if (_sent.Outstanding == 0 && now - _lastSent > _roundTrip.Timeout)
            _congestion.OnIdle();
        OutputNew(unsent, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OutputNew(int unsent, Instant now)
    {
        int size = FullSegment;
        bool anySent = false;
        bool mayCut = true;
        while (unsent > 0 || (unsent == 0 && _finQueued))
        {
            if (mayCut && unsent >= FewestSegments * size)
            {
                int cut = TrySendCut(unsent, size, now);
                if (cut > 0)
                {
                    anySent = true;
                    unsent -= cut;
                    continue;
                }

                mayCut = false;
            }

            int window = _sendUnacknowledged + _sendWindow - _sendNext;
            int length = Math.Min(unsent, Math.Min(size, window));
            if (length <= 0 && !(unsent == 0 && window > 0))
            {
                WaitForWindow(now);
                break;
            }

            if (!MayBeOnItsWay(length))
            {
                _isWindowLimited = true;
                break;
            }

            if (!IsWorthASegment(length, unsent, size))
            {
                if (length < unsent)
                    WaitForWindow(now);
                break;
            }

            if (!SendNew(length, now))
                break;
            anySent = true;
            unsent -= length;
            if (IsFinSent)
                break;
        }

        if (anySent)
            ScheduleAfterSending(now);
    }

    // Something may always be on its way, however small the window.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MayBeOnItsWay(int length)
    {
        int inFlight = _sent.InFlight;
        return inFlight == 0 || inFlight + length <= _congestion.Window + LimitedTransmit;
    }

    // RFC 3042: the first two duplicates let a new segment each leave, which makes more duplicates.
    private int LimitedTransmit => _hasSack || _recovery != Recovery.None ? 0 : Math.Min(_duplicates, LimitedTransmitSegments) * _segmentSize;

    /// <summary>Silly window syndrome, the sender's part, and the Nagle algorithm (RFC 9293, 3.8.6.2.1 and 3.7.4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWorthASegment(int length, int unsent, int size) =>
        length >= size
        || (length == unsent && (NoDelay || _finQueued || _sendUnacknowledged == _sendNext))
        || (length < unsent && length >= _largestSendWindow / 2);

    private bool CanSendMoreThanWindow() => Unsent > 0 && _sendUnacknowledged + _sendWindow - _sendNext >= Math.Min(_segmentSize, Unsent);

    /// <summary>Sends the next bytes of the queue for the first time, and the FIN behind the last of them.</summary>
    /// <returns>False if there was no buffer or no record for it.</returns>
    private bool SendNew(int length, Instant now)
    {
        if (_tcp.Records.TryTake() is not { } record)
        {
            RetrySoon(now);
            return false;
        }

        SequenceNumber start = _sendNext;
        SequenceNumber end = start + length;
        TcpFlags flags = TcpFlags.Ack;
        if (end == QueueEnd)
        {
            // The end of what the application has sent so far: not to be held back (MUST-60, MUST-61).
            flags |= length != 0 ? TcpFlags.Psh : TcpFlags.None;
            if (_finQueued)
            {
                flags |= TcpFlags.Fin;
                end += 1;
            }
        }

        _sendNext = end;
        if (!Transmit(start, flags, length, isNew: true, now))
        {
            _sendNext = start;
            _tcp.Records.Return(record);
            RetrySoon(now);
            return false;
        }

        if (_sent.Outstanding == 0)
            _progressAt = now;
        _sent.Add(record, start, end, now);
        _reduction.OnSent(length);
        _lastSent = now;
        return true;
    }

    /// <summary>Sends again what is lost, as far as the path takes it.</summary>
    /// <returns>False if some of it has to wait.</returns>
    private bool RetransmitLost(Instant now)
    {
        while (_sent.FindLost() is { } lost)
        {
            if (!MayBeOnItsWay(Math.Min(lost.Length, _segmentSize)))
                return false;
            if (!Retransmit(lost, now))
                return false;
        }

        return true;
    }

    private bool Retransmit(SentSegment segment, Instant now)
    {
        // The path's packets may have become shorter since; and a FIN that was not queued then goes by itself.
        int size = FullSegment;
        if (segment.Length > size + 1 || (segment.Length > size && segment.End <= QueueEnd))
        {
            if (_tcp.Records.TryTake() is not { } rest)
            {
                RetrySoon(now);
                return false;
            }

            _sent.Split(segment, size, rest);
        }

        TcpFlags flags = TcpFlags.Ack;
        int length = segment.Length;
        if (segment.End > QueueEnd)
        {
            flags |= TcpFlags.Fin;
            length--;
        }

        if (segment.End >= QueueEnd && length != 0)
            flags |= TcpFlags.Psh;
        if (!Transmit(segment.Start, flags, length, isNew: false, now))
        {
            RetrySoon(now);
            return false;
        }

        CountRetransmission();
        if (_doubt.IsOpen)
            _doubt.OnRetransmitted(Timestamp(now));
        _reduction.OnSent(length);
        _sent.OnRetransmitted(segment, now);
        _lastSent = now;
        return true;
    }

    private void FinishSending()
    {
        if (_finQueued || _state is TcpState.Closed)
            return;
        if (_state == TcpState.SynSent)
        {
            BecomeClosed(TcpError.Aborted);
            return;
        }

        _finQueued = true;
        if (_state == TcpState.Established)
            _state = TcpState.FinWait1;
        else if (_state == TcpState.CloseWait)
            _state = TcpState.LastAck;
        Output(_stack.ReadClock());
        _destination?.Via.Flush();
    }

    private void FinishReceiving()
    {
        _refusesText = true;
        _unread.Clear();
        _early.Clear();
    }

    private void TellOfRoom()
    {
        if (SendRoom >= Math.Min(SendBufferSize / 2, LeastRoomToTell))
            Writers.WakeAll();
    }

    // Others have all pages that may be kept, or nothing leads to the other side now: whoever waits tries again soon.
    private void WaitForMemory()
    {
        _wantsMemory = true;
        RetrySoon(_stack.ReadClock());
    }
}
