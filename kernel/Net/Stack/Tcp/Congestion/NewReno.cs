using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>The standard's own algorithm (RFC 5681; NewReno for what RFC 6582 adds to finding losses): a segment more each round trip, half of it after a loss.</summary>
internal sealed class NewReno : CongestionControl
{
    private int _acknowledged;

    /// <inheritdoc/>
    protected override void Avoid(int bytes, in RoundTripTime roundTrip, Instant now)
    {
        // RFC 5681, 3.1, and RFC 3465, 2.1: a full segment for each window that is acknowledged.
        _acknowledged += bytes;
        if (_acknowledged < Window)
            return;
        _acknowledged -= Window;
        Window = Math.Min(Window + SegmentSize, LargestWindow);
    }

    /// <inheritdoc/>
    protected override void OnBegin() => _acknowledged = 0;

    /// <inheritdoc/>
    protected override int Reduce(int inFlight, Instant now)
    {
        _acknowledged = 0;
        return inFlight / 2;
    }
}
