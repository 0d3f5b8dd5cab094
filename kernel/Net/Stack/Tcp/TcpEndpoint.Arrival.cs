using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A segment arrives (RFC 9293, 3.10.7.4), checked in the order in which the RFC has it.</summary>
public sealed partial class TcpEndpoint
{
    // RFC 5961, 7, and RFC 9293, 3.10.7.4: segments that carry nothing and cannot be right are answered no more often than this by a connection.
    private static readonly Duration s_challengeInterval = Duration.FromMilliseconds(500);

    // RFC 7323, 5.5: a timestamp that is older than this is no reason to refuse a segment.
    private static readonly Duration s_timestampLife = Duration.FromSeconds(24 * 24 * 60 * 60);

    private Instant _challengeAt;

    // Of the other side's clock: what it said last in order, and when (TS.Recent, RFC 7323, 4.3).
    private uint _recentTimestamp;
    private Instant _recentTimestampAt;

    /// <summary>Takes a segment of this connection. Buffers that it does not keep stay with the segment.</summary>
    internal void Input(ref TcpSegment segment)
    {
        if (IsExpected(in segment))
            InputExpected(ref segment);
        else if (_state == TcpState.SynSent)
            InputSynSent(ref segment);
        else if (_state != TcpState.Closed)
            InputSynchronized(ref segment);
        else
            _tcp.Counters.Unanswered++;
    }

    /// <summary>Whether a segment is just what comes next while nothing is amiss, as nearly all are (Jacobson's header prediction): what <see cref="InputSynchronized"/> would
    /// find out in its order is known then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsExpected(in TcpSegment segment)
    {
        if (_state != TcpState.Established || segment.Sequence != _receiveNext || (segment.Flags & ~TcpFlags.Psh) != TcpFlags.Ack || segment.Options.SackBlocks != 0)
            return false;
        if (_hasTimestamps != segment.Options.HasTimestamps
            || (_hasTimestamps && unchecked((int)(segment.Options.TimestampValue - _recentTimestamp)) < 0))
        {
            return false;
        }

        bool hasNews = segment.Acknowledgement != _sendUnacknowledged;
        return (hasNews || segment.Length != 0) && segment.Acknowledgement - _sendUnacknowledged >= 0 && segment.Acknowledgement <= _sendNext
            && segment.Length <= _advertised - _receiveNext && _recovery == Recovery.None && _sent.Sacked == 0 && _early.IsEmpty
            && _sendWindow != 0 && !_usesEcn && !_refusesText && !_isOrphan;
    }

    private void InputExpected(ref TcpSegment segment)
    {
        Instant now = _stack.Now;
        _lastArrival = now;
        _unansweredProbes = 0;
        if (_hasTimestamps)
            NoteTimestamp(in segment, now);
        TakeWindow(in segment);
        if (segment.Acknowledgement != _sendUnacknowledged)
            TakeExpectedAcknowledgement(segment.Acknowledgement, now);
        if (segment.Length != 0)
            TakeInOrder(ref segment);
        if (HasMoreToSend)
            Output(now);
        if (_ackNow)
            SendAcknowledgement(now);
    }

    private void InputSynchronized(ref TcpSegment segment)
    {
        Instant now = _stack.Now;

        // Whoever agreed to timestamps sends them in every segment (RFC 7323, 3.2).
        if (_hasTimestamps && !segment.Options.HasTimestamps && (segment.Flags & (TcpFlags.Rst | TcpFlags.Syn)) == 0)
        {
            _tcp.Counters.Unacceptable++;
            return;
        }

        // First, the sequence number, and before it the timestamp that protects it against going round (RFC 7323, 5.3).
        if (!IsTimely(in segment, now) || !IsAcceptable(in segment))
        {
            RefuseUnacceptable(ref segment, now);
            return;
        }

        // Second, the RST bit (with RFC 5961, 3); fourth, the SYN bit (with RFC 5961, 4).
        if ((segment.Flags & (TcpFlags.Rst | TcpFlags.Syn)) != 0)
        {
            InputResetOrSyn(in segment, now);
            return;
        }

        // Fifth, the ACK field.
        if (!segment.Has(TcpFlags.Ack))
        {
            _tcp.Counters.WithoutAck++;
            return;
        }

        _lastArrival = now;
        _unansweredProbes = 0;
        if (!TakeAcknowledgement(ref segment, now))
            return;
        if (_hasTimestamps)
            NoteTimestamp(in segment, now);

        // Sixth, the URG bit: urgent data is data like all other, and nobody is told where it ends (RFC 6093 advises against its use).
        // Seventh, the text; eighth, the FIN bit.
        TakeTextAndFin(ref segment);
        Output(now);
        AcknowledgeIfNeeded(now);
    }

    /// <summary>Whether a segment's timestamp is not older than what was received before it (PAWS; RFC 7323, 5.3, R1).</summary>
    private bool IsTimely(in TcpSegment segment, Instant now)
    {
        if (!_hasTimestamps || !segment.Options.HasTimestamps || segment.Has(TcpFlags.Rst))
            return true;
        return unchecked((int)(segment.Options.TimestampValue - _recentTimestamp)) >= 0 || now - _recentTimestampAt > s_timestampLife;
    }

    /// <summary>Whether a segment has a byte that is in the window (RFC 9293, 3.4 and table 6).</summary>
    private bool IsAcceptable(in TcpSegment segment)
    {
        SequenceNumber start = segment.Sequence;
        SequenceNumber end = segment.End;
        // What does not fit is cut off later. Even while the window is shut that leaves the acknowledgement, which counts (3.10.7.4, first).
        return start == _receiveNext || (end > _receiveNext && start < _advertised);
    }

    // An acknowledgement says where we stand. A keep-alive asks for just that; a copy of what is here already says that ours was lost.
    private void RefuseUnacceptable(ref TcpSegment segment, Instant now)
    {
        _tcp.Counters.Unacceptable++;
        if (segment.Has(TcpFlags.Rst))
            return;
        _lastArrival = now;
        _unansweredProbes = 0;
        if (segment.Length == 0 && !segment.Has(TcpFlags.Fin))
        {
            Challenge(now);
            return;
        }

        if (_hasSack && segment.End <= _receiveNext && segment.Length != 0)
            _early.Ranges.AddDuplicate(segment.Sequence, segment.Sequence + segment.Length);
        SendAcknowledgement(now);
    }

    private void InputResetOrSyn(in TcpSegment segment, Instant now)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            // Exactly where the next byte is expected: only who sees the connection knows that.
            if (segment.Sequence == _receiveNext)
                AbortConnection(_state == TcpState.SynReceived ? TcpError.Refused : TcpError.Reset, sendReset: false);
            else
                Challenge(now);
            return;
        }

        Challenge(now);
    }

    /// <summary>Answers what may come from somebody who does not see the connection: who does see it learns where it stands (RFC 5961).</summary>
    private void Challenge(Instant now)
    {
        if (now < _challengeAt)
        {
            _tcp.Counters.ChallengesHeldBack++;
            return;
        }

        _challengeAt = now + s_challengeInterval;
        _tcp.Counters.Challenges++;
        SendAcknowledgement(now);
    }

    // RFC 7323, 4.3 (2): of segments that reach back to what was acknowledged last, so that the echo measures delayed acknowledgements too.
    private void NoteTimestamp(in TcpSegment segment, Instant now)
    {
        if (segment.Sequence > _lastAcknowledged)
            return;
        _recentTimestamp = segment.Options.TimestampValue;
        _recentTimestampAt = now;
    }
}
