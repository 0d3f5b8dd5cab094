using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Finding losses and making up for them: by what arrives later (RFC 8985), by duplicates where the other side tells no more (RFC 6582), by
/// time-outs (RFC 6298); and how much is sent meanwhile (RFC 5681, RFC 6937).</summary>
public sealed partial class TcpEndpoint
{
    private const int DuplicateThreshold = 3;
    private const int LimitedTransmitSegments = 2;

    private readonly CongestionControl _congestion;
    private Rack _rack;
    private RateReduction _reduction;
    private Recovery _recovery;

    // What was sent when the recovery began: it ends when all of it is acknowledged.
    private SequenceNumber _recoveryPoint;
    private int _duplicates;

    // What was sent when this round trip began.
    private SequenceNumber _roundEnd;
    private bool _isWindowLimited;

    // The last segment, sent again or for the first time to see what became of those before it (RFC 8985, 7).
    private bool _probePending;
    private bool _probeWasRetransmission;
    private SequenceNumber _probeEnd;

    /// <summary>How much may be on its way, and how that is found out.</summary>
    internal CongestionControl Congestion => _congestion;

    private void ResetRecovery()
    {
        _rack.Begin();
        _recovery = Recovery.None;
        _duplicates = 0;
        _isWindowLimited = false;
        _probePending = false;
        _wantsMemory = false;
        _offersEcn = false;
        _mustEcho = false;
        _mustTellReduced = false;
        _doubt.End();
    }

    private void StartCongestionControl(bool synWasLost)
    {
        ResetRecovery();
        _roundEnd = _sendNext;
        _congestion.Begin(_segmentSize, synWasLost);
    }

    /// <summary>Takes what an acknowledgement said of segments.</summary>
    /// <param name="acked">What has arrived.</param>
    /// <param name="hasNews">Whether it acknowledges more than the one before.</param>
    /// <param name="isDuplicate">Whether it differs from the one before in nothing.</param>
    /// <param name="flight">Bytes that were outstanding before it.</param>
    /// <param name="now">The time.</param>
    private void JudgeLosses(in AckedSegments acked, bool hasNews, bool isDuplicate, int flight, Instant now)
    {
        if (!acked.AnyRetransmitted && !acked.OldestSentOnce.IsNever)
            _roundTrip.Add(now - acked.OldestSentOnce);
        if (acked.Any)
            _rack.Update(in acked, in _roundTrip, now);
        if (_probePending)
            JudgeProbe(isDuplicate);
        if (hasNews)
            _duplicates = 0;
        if (_recovery == Recovery.None && _sent.Sacked == 0 && !isDuplicate)
        {
            Grow(acked.Bytes, flight, now);
            ScheduleRetransmission(now);
            return;
        }

        FindLosses(hasNews, isDuplicate, now);
        if (_recovery != Recovery.None && _sendUnacknowledged >= _recoveryPoint)
            EndRecovery();
        if (_sent.Lost != 0 && _recovery is Recovery.None or Recovery.Reduced)
            BeginFastRecovery(flight, now);
        if (_recovery == Recovery.Fast)
            _congestion.Window = _reduction.WindowAfter(Delivered(in acked, isDuplicate), _sent.InFlight, _congestion.Threshold, _segmentSize);
        else
            Grow(acked.Bytes, flight, now);
        if (hasNews || _sent.Lost != 0)
            ScheduleRetransmission(now);
    }

    // Without selective acknowledgements each duplicate means that one more segment has arrived (RFC 6937, 3).
    private int Delivered(in AckedSegments acked, bool isDuplicate) => isDuplicate && !_hasSack ? _segmentSize : acked.Bytes;

    private void FindLosses(bool hasNews, bool isDuplicate, Instant now)
    {
        if (_hasSack)
        {
            _reorderAt = _rack.DetectLosses(ref _sent, in _roundTrip, _recovery is Recovery.Fast or Recovery.Timeout, now);
            Expect(_reorderAt);
            return;
        }

        if (isDuplicate && ++_duplicates == DuplicateThreshold && _recovery is Recovery.None or Recovery.Reduced)
            MarkFirstLost();
        else if (hasNews && _recovery == Recovery.Fast && _sendUnacknowledged < _recoveryPoint)
            MarkFirstLost(); // a partial acknowledgement: what it stops at is lost too (RFC 6582, 3.2)
    }

    private void MarkFirstLost()
    {
        if (_sent.First is { Fate: SegmentFate.InFlight } first)
            _sent.SetFate(first, SegmentFate.Lost);
    }

    private void BeginFastRecovery(int flight, Instant now)
    {
        _tcp.Counters.FastRecoveries++;
        BeginDoubt();
        _congestion.OnCongestion(flight, now);
        _reduction.Begin(flight);
        _recovery = Recovery.Fast;
        _recoveryPoint = _sendNext;
        _mustTellReduced = _usesEcn;
    }

    private void EndRecovery()
    {
        if (_recovery == Recovery.Fast)
            _congestion.Window = Math.Max(_congestion.Threshold, _segmentSize);
        if (_recovery is Recovery.Fast or Recovery.Timeout)
            _rack.OnRecovered();
        _recovery = Recovery.None;
        _duplicates = 0;
    }

    // A window that was not used says nothing about the path (RFC 7661, 4.1).
    private void Grow(int bytes, int flight, Instant now)
    {
        bool isNewRound = _sendUnacknowledged >= _roundEnd;
        if (isNewRound)
            _roundEnd = _sendNext;
        bool isUsed = _isWindowLimited || (_congestion.IsInSlowStart && flight * 2L >= _congestion.Window);
        if (bytes == 0 || !isUsed || _recovery == Recovery.Reduced)
            return;
        _isWindowLimited = false;
        _congestion.OnAcknowledged(bytes, in _roundTrip, isNewRound, now);
    }

    /// <summary>The time for reordering has passed: what has not arrived since is lost.</summary>
    private void OnReorderingDue(Instant now)
    {
        _reorderAt = Instant.Never;
        int flight = _sent.Outstanding;
        FindLosses(hasNews: false, isDuplicate: false, now);
        if (_sent.Lost == 0)
            return;
        if (_recovery is Recovery.None or Recovery.Reduced)
        {
            BeginFastRecovery(flight, now);
            _congestion.Window = _reduction.WindowAfter(0, _sent.InFlight, _congestion.Threshold, _segmentSize);
        }

        Output(now);
        ScheduleRetransmission(now);
    }

    /// <summary>Nothing was acknowledged for a whole time-out (RFC 6298, 5.4 to 5.6).</summary>
    private void OnRetransmissionDue(Instant now)
    {
        if (_sent.First is not { } first)
        {
            OnPersistDue(now);
            return;
        }

        Duration limit = _state is TcpState.SynSent or TcpState.SynReceived ? s_openTimeout : UserTimeout;
        bool isShut = _sendWindow == 0 && _state >= TcpState.Established;
        if (now - (isShut ? _lastArrival : _progressAt) >= limit)
        {
            AbortConnection(TcpError.TimedOut);
            return;
        }

        _tcp.Counters.Timeouts++;
        if (_state == TcpState.SynSent || first.Start == _initialSend)
        {
            _backoff++;
            SendSynAgain(now);
            return;
        }

        if (!isShut)
            BeginTimeoutRecovery(first, now);
        _backoff++;
        Retransmit(first, now);
        Output(now);
        ScheduleRetransmission(now);
    }

    private void BeginTimeoutRecovery(SentSegment first, Instant now)
    {
        NoticeBlackHole();
        BeginDoubt();
        _congestion.OnTimeout(_sent.InFlight, now, isFirst: _recovery != Recovery.Timeout);
        _mustTellReduced = _usesEcn;

        // The other side had the first one and says so no more: it dropped what it had told to have (RFC 2018, 8).
        _sent.MarkAllLost(keepSacked: first.Fate != SegmentFate.Sacked);
        _recovery = Recovery.Timeout;
        _recoveryPoint = _sendNext;
        _duplicates = 0;
        _probePending = false;
        _reorderAt = Instant.Never;
    }

    /// <summary>The tail of what was sent may be lost, which no later arrival tells: the last segment again, or a new one, does (RFC 8985, 7.3).</summary>
    private void OnProbeDue(Instant now)
    {
        SequenceNumber before = _sendNext;
        _probePending = true;
        if (CanSendMoreThanWindow())
            SendNew(Math.Min(FullSegment, Unsent), now);
        _probeWasRetransmission = _sendNext == before;
        if (_probeWasRetransmission && _sent.Last is { } last)
            Retransmit(last, now);
        _probeEnd = _sendNext;
        _tcp.Counters.TailProbes++;
        ScheduleRetransmission(now);
    }

    // RFC 8985, 7.4.2.
    private void JudgeProbe(bool isDuplicate)
    {
        if (_sendUnacknowledged < _probeEnd)
            return;
        if (!_probeWasRetransmission || isDuplicate)
        {
            _probePending = false;
        }
        else if (_sendUnacknowledged > _probeEnd)
        {
            // It was lost and has been made up for: the path is congested all the same.
            _probePending = false;
            _congestion.OnCongestion(_sent.Outstanding, _stack.Now);
            _congestion.Window = _congestion.Threshold;
        }
    }
}
