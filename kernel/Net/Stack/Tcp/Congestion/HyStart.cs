using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>HyStart++ (RFC 9406): ends slow start when round trips begin to take longer, which says that a queue fills, and not only when it has
/// overflowed.</summary>
internal struct HyStart
{
    // RFC 9406, 4.3, without pacing.
    private const int SamplesWanted = 8;
    private const int Divisor = 8;
    private const int SegmentsLimit = 8;
    private const int ConservativeDivisor = 4;
    private const int ConservativeRounds = 5;

    private static readonly Duration s_leastThreshold = Duration.FromMilliseconds(4);
    private static readonly Duration s_largestThreshold = Duration.FromMilliseconds(16);

    private long _lastRound;
    private long _thisRound;
    private long _baseline;
    private int _samples;
    private int _conservativeRoundsLeft;

    /// <summary>Begins anew.</summary>
    public void Begin()
    {
        _lastRound = long.MaxValue;
        _thisRound = long.MaxValue;
        _samples = 0;
        _conservativeRoundsLeft = 0;
    }

    /// <summary>How much a window in slow start grows.</summary>
    /// <param name="bytes">Bytes that are newly acknowledged.</param>
    /// <param name="segmentSize">Bytes in a full segment.</param>
    public readonly int GrowthFor(int bytes, int segmentSize)
    {
        int growth = Math.Min(bytes, SegmentsLimit * segmentSize);
        return _conservativeRoundsLeft != 0 ? growth / ConservativeDivisor : growth;
    }

    /// <summary>Takes a measurement.</summary>
    /// <param name="roundTrip">The last round-trip time.</param>
    /// <param name="isNewRound">Whether a round has begun: what was sent when the last one began is acknowledged.</param>
    /// <returns>Whether slow start is over.</returns>
    public bool Update(Duration roundTrip, bool isNewRound)
    {
        if (isNewRound && BeginRound())
            return true;
        _thisRound = Math.Min(_thisRound, roundTrip.Nanoseconds);
        if (++_samples < SamplesWanted || _lastRound == long.MaxValue)
            return false;
        if (_conservativeRoundsLeft != 0)
        {
            // It was but a disturbance: back to slow start.
            if (_thisRound < _baseline)
                _conservativeRoundsLeft = 0;
            return false;
        }

        long threshold = Math.Clamp(_lastRound / Divisor, s_leastThreshold.Nanoseconds, s_largestThreshold.Nanoseconds);
        if (_thisRound < _lastRound + threshold)
            return false;
        _baseline = _thisRound;
        _conservativeRoundsLeft = ConservativeRounds;
        return false;
    }

    private bool BeginRound()
    {
        _lastRound = _thisRound;
        _thisRound = long.MaxValue;
        _samples = 0;
        return _conservativeRoundsLeft != 0 && --_conservativeRoundsLeft == 0;
    }
}
