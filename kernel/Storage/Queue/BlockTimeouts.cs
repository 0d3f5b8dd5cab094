using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>The clock of a queue: when it looks for requests that its device has had for too long, and when those that wait for a device which
/// takes none have waited for too long.</summary>
/// <param name="wakeUp">Has the queue polled in time.</param>
internal struct BlockTimeouts(Timer wakeUp)
{
    private const int LooksInAttempt = 8;

    private Instant _nextLook;
    private Instant _lastProgress;
    private long _burstsAtLook;
    private Instant _awayDeadline = Instant.Never;

    /// <summary>How long a device may take over one request.</summary>
    public Duration Attempt { get; set; } = BlockQueue.UsualTimeout;

    /// <summary>How long requests wait for a device that takes none: as long as for one that does not answer.</summary>
    public readonly Duration Away => new(Attempt.Nanoseconds * RetryPolicy.MaxAttempts);

    /// <summary>Whether it is time for <see cref="FindLate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsLookDue(Instant now) => now >= _nextLook;

    /// <summary>Has the queue polled when it is time for <see cref="FindLate"/>.</summary>
    public readonly void WakeForLook() => wakeUp.StartBy(_nextLook);

    /// <summary>Finds a request that the device has had for too long.</summary>
    public BlockRequest? FindLate(Instant now, BlockFlight inFlight, PathCounters counters, int depth)
    {
        _nextLook = now + new Duration(Attempt.Nanoseconds / LooksInAttempt);
        if (counters[PathEvent.Burst] != _burstsAtLook)
        {
            _burstsAtLook = counters[PathEvent.Burst];
            _lastProgress = now;
        }

        if (inFlight.Count == 0)
            return null;
        BlockProgress progress = new(_lastProgress, counters[PathEvent.Received] + counters[PathEvent.Sent], depth);
        return inFlight.FindLate(now, Attempt, progress);
    }

    /// <summary>Notes that the device was reset: requests that came back because of that are no progress.</summary>
    public void NoteReset(PathCounters counters) => _burstsAtLook = counters[PathEvent.Burst];

    /// <summary>Notes that nothing waits for the device in vain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndAway() => _awayDeadline = Instant.Never;

    /// <summary>Notes that requests wait for a device that takes none.</summary>
    /// <returns>Whether they have waited for too long.</returns>
    public bool IsAwayTooLong(Instant now)
    {
        if (_awayDeadline.IsNever)
        {
            _awayDeadline = now + Away;
            wakeUp.StartBy(_awayDeadline);
        }

        if (now < _awayDeadline)
            return false;
        EndAway();
        return true;
    }

    /// <summary>Has the queue polled no more.</summary>
    public void Stop()
    {
        wakeUp.Stop();
        EndAway();
    }
}
