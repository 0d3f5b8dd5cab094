using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What a connection does when nothing happens: one timer for all its deadlines.</summary>
/// <remarks>A deadline that moves further away leaves the timer as it is: it fires too early, finds nothing due, and is started for the earliest then. So a packet
/// changes a field, and the queue of timers only when a deadline comes nearer.</remarks>
public sealed partial class TcpEndpoint
{
    // RFC 6298, 5.5: the time-out doubles each time; further than this it would exceed every limit.
    private const int MostBackoff = 12;

    private static readonly Duration s_retryInterval = Duration.FromMilliseconds(10);

    // RFC 8985, 7.2: for how long the other side may hold back the acknowledgement of a single segment; and no less than machines are late by.
    private static readonly Duration s_worstAcknowledgeDelay = Duration.FromMilliseconds(200);
    private static readonly Duration s_leastProbeTimeout = Duration.FromMilliseconds(10);
    private static readonly Duration s_orphanTimeout = Duration.FromSeconds(60);

    private Instant _retransmitAt;
    private Instant _probeAt;
    private Instant _reorderAt;
    private Instant _acknowledgeAt;
    private Instant _retryAt;
    private Instant _keepAliveAt;
    private Instant _endAt;
    private int _backoff;

    /// <summary>Makes sure that the timer fires no later than a deadline.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Expect(Instant deadline) => _timer.StartBy(deadline);

    private void StopTimers()
    {
        _timer.Stop();
        _retransmitAt = Instant.Never;
        _probeAt = Instant.Never;
        _reorderAt = Instant.Never;
        _acknowledgeAt = Instant.Never;
        _retryAt = Instant.Never;
        _keepAliveAt = Instant.Never;
        _endAt = Instant.Never;
    }

    private void OnTimer(Instant now)
    {
        if (now >= _acknowledgeAt)
            SendAcknowledgement(now);
        if (now >= _reorderAt)
            OnReorderingDue(now);
        if (now >= _probeAt)
            OnProbeDue(now);
        if (now >= _retransmitAt)
            OnRetransmissionDue(now);
        if (now >= _retryAt)
            OnRetryDue(now);
        if (now >= _keepAliveAt)
            OnKeepAliveDue(now);
        if (now >= _endAt)
            AbortConnection(TcpError.TimedOut);
        if (_state == TcpState.Closed)
            return;
        Instant soon = Instant.Earlier(Instant.Earlier(_acknowledgeAt, _reorderAt), Instant.Earlier(_probeAt, _retransmitAt));
        Instant late = Instant.Earlier(Instant.Earlier(_retryAt, _keepAliveAt), _endAt);
        Expect(Instant.Earlier(soon, late));
    }

    private Duration BackedOffTimeout() =>
        new(Math.Min(_roundTrip.Timeout.Nanoseconds << _backoff, RoundTripTime.LongestTimeout.Nanoseconds));

    /// <summary>Starts waiting anew for what is outstanding (RFC 6298, 5.2 and 5.3; RFC 8985, 7.2).</summary>
    private void ScheduleRetransmission(Instant now)
    {
        _backoff = Math.Min(_backoff, MostBackoff);
        _probeAt = Instant.Never;
        if (_sent.Outstanding == 0)
        {
            StopWaiting();
            return;
        }

        _retransmitAt = now + BackedOffTimeout();
        ScheduleProbe(now);
        Expect(_retransmitAt);
    }

    // Nothing is outstanding. The timer itself is left as it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StopWaiting()
    {
        _retransmitAt = Instant.Never;
        _probeAt = Instant.Never;
        _reorderAt = Instant.Never;
    }

    // RFC 6298, 5.1: a time-out that runs already stays as it is.
    private void ScheduleAfterSending(Instant now)
    {
        if (_retransmitAt.IsNever)
            ScheduleRetransmission(now);
        else
            ScheduleProbe(now);
    }

    private void ScheduleProbe(Instant now)
    {
        if (!_hasSack || _probePending || _recovery != Recovery.None || _sent.Sacked != 0 || _backoff != 0)
            return;
        if (_sent.Count == 1 && _roundTrip.HasLeastMargin)
        {
            // The time-out itself comes before a probe that waits for a delayed acknowledgement too.
            _probeAt = Instant.Never;
            return;
        }

        long timeout = Math.Max(2 * _roundTrip.Smoothed.Nanoseconds, s_leastProbeTimeout.Nanoseconds);
        if (_sent.Count == 1)
            timeout += s_worstAcknowledgeDelay.Nanoseconds;
        Instant due = now + new Duration(timeout);
        _probeAt = due < _retransmitAt && _roundTrip.Smoothed.Nanoseconds != 0 ? due : Instant.Never;
        Expect(_probeAt);
    }

    /// <summary>Something waits for a larger window (RFC 9293, 3.8.6.1): if none comes, the other side is asked.</summary>
    private void WaitForWindow(Instant now)
    {
        if (_sent.Outstanding != 0 || !_retransmitAt.IsNever)
            return;
        _progressAt = now;
        _retransmitAt = now + BackedOffTimeout();
        Expect(_retransmitAt);
    }

    /// <summary>Sends a byte that the window has no room for, or what little it has room for. It is outstanding from then on, and asks again
    /// as everything is sent again, each time later.</summary>
    private void OnPersistDue(Instant now)
    {
        _retransmitAt = Instant.Never;
        int unsent = Unsent;
        if (unsent < 0 || (unsent == 0 && !_finQueued))
            return;
        _tcp.Counters.WindowProbes++;
        int window = Math.Min(_sendUnacknowledged + _sendWindow - _sendNext, FullSegment);
        if (SendNew(Math.Min(unsent, Math.Max(window, 1)), now))
            _backoff++;
        ScheduleRetransmission(now);
    }

    // No buffer was free, or the device's ring was full.
    private void RetrySoon(Instant now)
    {
        _retryAt = now + s_retryInterval;
        Expect(_retryAt);
    }

    private void OnRetryDue(Instant now)
    {
        _retryAt = Instant.Never;
        if (_ackNow)
            SendAcknowledgement(now);
        if (_wantsMemory)
        {
            _wantsMemory = false;
            Writers.WakeAll();
        }

        Output(now);
    }

    /// <summary>Nobody reads any more, and the other side sends nothing: FIN-WAIT-2 must end too.</summary>
    private void StartOrphanTimeout()
    {
        _endAt = Instant.Earlier(_endAt, _stack.Now + s_orphanTimeout);
        Expect(_endAt);
    }
}
