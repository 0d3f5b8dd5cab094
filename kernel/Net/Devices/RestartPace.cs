using System;
using Guest.Core.Time;

namespace Guest.Net.Devices;

/// <summary>When a chip that was stopped for what it did is started again: at once the first time, then after pauses that double up to a second,
/// until it has behaved for a while.</summary>
internal struct RestartPace
{
    private static readonly Duration s_goodBehaviour = Duration.FromSeconds(10);
    private static readonly Duration s_firstPause = Duration.FromMilliseconds(10);
    private static readonly Duration s_longestPause = Duration.FromSeconds(1);

    private Duration _nextPause;
    private Instant _startedAt;

    /// <summary>When the chip is to be started.</summary>
    public Instant RestartAt { get; private set; }

    /// <summary>Begins for a chip that has no history.</summary>
    public void Reset() => _nextPause = Duration.Zero;

    /// <summary>Notes that the chip was started.</summary>
    public void OnStarted(Instant now) => _startedAt = now;

    /// <summary>Notes that the chip was stopped.</summary>
    /// <returns>The pause until it is started again.</returns>
    public Duration OnStopped(Instant now)
    {
        if (_startedAt + s_goodBehaviour < now)
            Reset();
        Duration pause = _nextPause;
        RestartAt = now + pause;
        _nextPause = pause.Nanoseconds == 0 ? s_firstPause : new(Math.Min(pause.Nanoseconds * 2, s_longestPause.Nanoseconds));
        return pause;
    }

    /// <summary>Notes that the chip did not start.</summary>
    public void OnFailedStart(Instant now) => RestartAt = now + s_longestPause;
}
