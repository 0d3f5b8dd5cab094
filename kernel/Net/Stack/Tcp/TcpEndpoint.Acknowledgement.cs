using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The ACK field of a segment that arrived (RFC 9293, 3.10.7.4, fifth): what has arrived at the other side, how much more it takes, and what
/// that means for the path.</summary>
public sealed partial class TcpEndpoint
{
    private SequenceNumber _initialSend;
    private SequenceNumber _sendUnacknowledged;
    private SequenceNumber _windowUpdateSequence;
    private SequenceNumber _windowUpdateAcknowledgement;
    private int _sendWindow;
    private int _largestSendWindow;

    // When something was acknowledged last, or began to be waited for.
    private Instant _progressAt;

    /// <summary>Takes the acknowledgement.</summary>
    /// <returns>False if nothing more of the segment counts.</returns>
    private bool TakeAcknowledgement(ref TcpSegment segment, Instant now)
    {
        SequenceNumber acknowledged = segment.Acknowledgement;
        if (_state == TcpState.SynReceived)
        {
            if (acknowledged <= _initialSend || acknowledged > _sendNext)
            {
                segment.Info.Via.Tcp.SendReset(in segment);
                return false;
            }

            BecomeEstablished(ref segment);
        }

        // RFC 5961, 5.2: an old acknowledgement may be late, one beyond the largest window that there ever was is a guess.
        if (acknowledged > _sendNext || acknowledged < _sendUnacknowledged + -Math.Max(_largestSendWindow, 1))
        {
            Challenge(now);
            return false;
        }

        bool hasNews = acknowledged > _sendUnacknowledged;
        bool isDuplicate = !hasNews && IsDuplicate(in segment);
        int flight = _sent.Outstanding;
        AckedSegments acked = AckedSegments.None;
        if (hasNews)
        {
            _sent.Acknowledge(acknowledged, ref acked, _tcp.Records);
            Advance(acknowledged, now);
        }

        if (segment.Options.SackBlocks != 0 && _hasSack)
            TakeSelectiveAcknowledgement(in segment, ref acked);
        UpdateWindow(in segment);
        if (_usesEcn && segment.Has(TcpFlags.Ece))
            TakeCongestionEcho(now);
        if (_doubt.IsOpen)
            JudgeDoubt(in segment, hasNews, now);
        if (acked.AnyRetransmitted && hasNews)
            MeasureByEcho(in segment, now);
        if (acked.Any || isDuplicate)
            JudgeLosses(in acked, hasNews, isDuplicate, flight, now);
        return !hasNews || AdvanceState();
    }

    // Of what was sent more than once the echo tells which copy arrived (RFC 7323, 4.1), in ticks; but where an acknowledgement was lost, the one that answers the
    // next copy echoes the first. So no such time counts for more than the time-out: where round trips have become longer than that, a few of them say so.
    private void MeasureByEcho(in TcpSegment segment, Instant now)
    {
        if (!_hasTimestamps || !segment.Options.HasTimestamps || segment.Options.TimestampEcho == 0)
            return;
        long ticks = unchecked((int)(Timestamp(now) - segment.Options.TimestampEcho));
        if (ticks < 0)
            return;
        Duration measured = TcpConnections.TicksOf(ticks);
        _roundTrip.Add(measured < _roundTrip.Timeout ? measured : _roundTrip.Timeout);
    }

    private void BecomeEstablished(ref TcpSegment segment)
    {
        _largestSendWindow = 0;
        TakeWindow(in segment);
        if (_sent.Outstanding != 0)
            StartCongestionControl(_sent.First!.WasRetransmitted);
        Establish();
    }

    // Of two that differ in nothing the second says that something arrived out of order (RFC 5681, 2), unless it answers a probe of a shut window.
    private bool IsDuplicate(in TcpSegment segment) =>
        segment.Acknowledgement == _sendUnacknowledged && segment.Length == 0 && !segment.Has(TcpFlags.Fin) && _sent.Outstanding != 0
        && _sendWindow != 0 && segment.Window << _sendShift == _sendWindow;

    /// <summary>Forgets what is acknowledged in order.</summary>
    private void Advance(SequenceNumber acknowledged, Instant now)
    {
        _sendUnacknowledged = acknowledged;
        int bytes = Math.Min(acknowledged - _queueStart, _unacknowledged.Length);
        if (bytes > 0)
        {
            _queueStart += bytes;
            _unacknowledged.Remove(bytes);
            if (Writers.HasWaiters)
                TellOfRoom();
        }

        _progressAt = now;
        _backoff = 0;
    }

    // While the SYN is outstanding nothing else is; the rest of a segment is looked at by others.
    private void TakeAcknowledged(SequenceNumber acknowledged)
    {
        Instant now = _stack.Now;
        AckedSegments acked = AckedSegments.None;
        _sent.Acknowledge(acknowledged, ref acked, _tcp.Records);
        Advance(acknowledged, now);
        if (!acked.OldestSentOnce.IsNever)
            _roundTrip.Add(now - acked.OldestSentOnce);
        ScheduleRetransmission(now);
    }

    private void TakeSelectiveAcknowledgement(in TcpSegment segment, ref AckedSegments acked)
    {
        for (int i = 0; i < segment.Options.SackBlocks; i++)
        {
            segment.Options.SackBlock(i, out SequenceNumber start, out SequenceNumber end);
            if (start < end && start >= _sendUnacknowledged && end <= _sendNext)
                _sent.Sack(start, end, ref acked);
            else if (i == 0 && end <= segment.Acknowledgement && start < end)
                TakeDuplicateReport(start, end);
        }
    }

    private void TakeDuplicateReport(SequenceNumber start, SequenceNumber end)
    {
        _rack.OnDuplicateReported(_sendUnacknowledged, _sendNext);
        _wasForNothing |= _doubt.OnDuplicateReported(start, end);
    }

    // RFC 9293, 3.10.7.4: only by segments that are newer than the one that said it last.
    private void UpdateWindow(in TcpSegment segment)
    {
        SequenceNumber acknowledged = segment.Acknowledgement;
        if (acknowledged < _sendUnacknowledged
            || !(_windowUpdateSequence < segment.Sequence || (_windowUpdateSequence == segment.Sequence && _windowUpdateAcknowledgement <= acknowledged)))
        {
            return;
        }

        int before = _sendWindow;
        TakeWindow(in segment);
        if (before == 0 && _sendWindow != 0)
            OnWindowOpened();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeWindow(in TcpSegment segment)
    {
        _sendWindow = segment.Window << _sendShift;
        _windowUpdateSequence = segment.Sequence;
        _windowUpdateAcknowledgement = segment.Acknowledgement;
        if (_sendWindow > _largestSendWindow)
            _largestSendWindow = _sendWindow;
    }

    /// <summary>Takes an acknowledgement that is news while nothing is known to be lost.</summary>
    private void TakeExpectedAcknowledgement(SequenceNumber acknowledged, Instant now)
    {
        int flight = _sent.Outstanding;
        if (_sent.TakeOnly(acknowledged) is { } only)
        {
            // All that was outstanding was one segment: what an exchange of questions and answers is made of.
            if (!only.WasRetransmitted)
                _roundTrip.Add(now - only.SentAt);
            _rack.Update(only.SentAt, only.End, only.WasRetransmitted, in _roundTrip, now);
            _tcp.Records.Return(only);
            Advance(acknowledged, now);
            _duplicates = 0;
            _probePending = false;
            Grow(flight, flight, now);
            StopWaiting();
            return;
        }

        AckedSegments acked = AckedSegments.None;
        _sent.Acknowledge(acknowledged, ref acked, _tcp.Records);
        Advance(acknowledged, now);
        if (acked.Any)
            JudgeLosses(in acked, hasNews: true, isDuplicate: false, flight, now);
    }

    // What was sent into a shut window was a question, and is lost as a rule: it goes again at once.
    private void OnWindowOpened()
    {
        _backoff = 0;
        if (_sent.Outstanding != 0)
            _sent.MarkAllLost(keepSacked: true);
    }

    /// <summary>What an acknowledgement means for the state (RFC 9293, 3.10.7.4).</summary>
    /// <returns>False if the connection is over.</returns>
    private bool AdvanceState()
    {
        if (!IsFinSent || _sendUnacknowledged != _sendNext)
            return true;
        switch (_state)
        {
            case TcpState.FinWait1:
                _state = TcpState.FinWait2;
                WakeAll();
                if (_isOrphan)
                    StartOrphanTimeout();
                return true;
            case TcpState.Closing:
                EnterTimeWait();
                return false;
            case TcpState.LastAck:
                BecomeClosed(TcpError.None);
                return false;
            default:
                return true;
        }
    }
}
