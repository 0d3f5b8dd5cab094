using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Recent acknowledgement (RACK; RFC 8985, 6): a segment is lost if one that was sent later has arrived, and time for reordering has passed since.</summary>
internal struct Rack
{
    // RFC 8985, 6.2, step 4.
    private const int DuplicateThreshold = 3;
    private const int RecoveriesToKeepWindow = 16;
    private const int WindowShare = 4;

    private Instant _sentAt;
    private SequenceNumber _end;
    private Duration _roundTrip;
    private bool _reorderingSeen;
    private int _windowMultiplier;
    private int _recoveriesLeft;
    private bool _roundEnds;
    private SequenceNumber _roundEnd;

    /// <summary>Begins anew.</summary>
    public void Begin()
    {
        this = default;
        _windowMultiplier = 1;
    }

    /// <summary>Notes which of the segments that have arrived was sent last (6.2, steps 2 and 3).</summary>
    public void Update(in AckedSegments acked, in RoundTripTime roundTrip, Instant now)
    {
        _reorderingSeen |= acked.WasReordered;
        Update(acked.NewestSentAt, acked.NewestEnd, acked.NewestWasRetransmitted, in roundTrip, now);
    }

    /// <summary>Notes a segment that has arrived.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(Instant sentAt, SequenceNumber end, bool wasRetransmitted, in RoundTripTime roundTrip, Instant now)
    {
        Duration taken = now - sentAt;

        // It came back too soon to be the second copy's.
        if (wasRetransmitted && taken < roundTrip.Shortest)
            return;
        if (sentAt < _sentAt || (sentAt == _sentAt && end <= _end))
            return;
        _roundTrip = taken;
        _sentAt = sentAt;
        _end = end;
    }

    /// <summary>The other side got something twice, so what was sent again was not lost: reordering takes longer than was thought (6.2, step 4).</summary>
    /// <param name="unacknowledged">The number of the first byte that is not acknowledged.</param>
    /// <param name="sendNext">The number that is sent next: one widening is enough until it is acknowledged.</param>
    public void OnDuplicateReported(SequenceNumber unacknowledged, SequenceNumber sendNext)
    {
        if (_roundEnds && _roundEnd > unacknowledged)
            return;
        _windowMultiplier++;
        _recoveriesLeft = RecoveriesToKeepWindow;
        _roundEnds = true;
        _roundEnd = sendNext;
    }

    /// <summary>A recovery has ended: after so many without a duplicate the window for reordering is what it was at first.</summary>
    public void OnRecovered()
    {
        _roundEnds = false;
        if (_recoveriesLeft > 0 && --_recoveriesLeft == 0)
            _windowMultiplier = 1;
    }

    /// <summary>Marks what is lost (6.2, step 5).</summary>
    /// <param name="sent">The segments.</param>
    /// <param name="roundTrip">The measured times.</param>
    /// <param name="isRecovering">Whether losses are being made up for.</param>
    /// <param name="now">The time.</param>
    /// <returns>When to look again; <see cref="Instant.Never"/> if nothing is in doubt.</returns>
    public readonly Instant DetectLosses(ref Scoreboard sent, in RoundTripTime roundTrip, bool isRecovering, Instant now)
    {
        Instant again = Instant.Never;
        Duration patience = new(_roundTrip.Nanoseconds + ReorderingWindow(in sent, in roundTrip, isRecovering).Nanoseconds);
        for (SentSegment? at = sent.First; at is not null; at = at.Next)
        {
            if (at.Fate != SegmentFate.InFlight)
                continue;
            if (!WasSentBefore(at))
            {
                // What follows one that was sent once was sent no earlier.
                if (at.WasRetransmitted)
                    continue;
                break;
            }

            Instant due = at.SentAt + patience;
            if (due <= now)
                sent.SetFate(at, SegmentFate.Lost);
            else
                again = Later(again, due);
        }

        return again;
    }

    private static Instant Later(Instant again, Instant due) => again.IsNever || due > again ? due : again;

    private readonly bool WasSentBefore(SentSegment segment) => segment.SentAt < _sentAt || (segment.SentAt == _sentAt && segment.End < _end);

    private readonly Duration ReorderingWindow(in Scoreboard sent, in RoundTripTime roundTrip, bool isRecovering)
    {
        if (!_reorderingSeen && (isRecovering || sent.SackedSegments >= DuplicateThreshold))
            return Duration.Zero;
        long window = _windowMultiplier * (roundTrip.Shortest.Nanoseconds / WindowShare);
        return new(Math.Min(window, roundTrip.Smoothed.Nanoseconds));
    }
}
