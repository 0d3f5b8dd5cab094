using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>How much may be on its way at once: the congestion window (RFC 5681), by whichever algorithm.</summary>
/// <remarks>All of it counts bytes. What was lost is found out elsewhere; how a window shrinks during a recovery is the business of <see cref="RateReduction"/>.</remarks>
internal abstract class CongestionControl
{
    // RFC 6928, 2.
    private const int InitialSegments = 10;
    private const int InitialBytes = 14_600;

    /// <summary>No window grows beyond what a scaled window can say (RFC 7323, 2.2).</summary>
    protected const int LargestWindow = 1 << 30;

    private HyStart _hyStart;
    private int _savedWindow;
    private int _savedThreshold;

    /// <summary>How many bytes may be on their way (cwnd).</summary>
    public int Window;

    /// <summary>Below this many the window grows by as much as is acknowledged: slow start (ssthresh).</summary>
    public int Threshold { get; protected set; }

    /// <summary>Bytes of payload in a full segment (SMSS).</summary>
    public int SegmentSize { get; private set; }

    /// <summary>Whether the window is sought rather than kept.</summary>
    public bool IsInSlowStart => Window < Threshold;

    /// <summary>The least that a loss leaves (RFC 5681, equation 4).</summary>
    protected int LeastWindow => 2 * SegmentSize;

    /// <summary>Begins with a connection.</summary>
    /// <param name="segmentSize">Bytes of payload in a full segment.</param>
    /// <param name="synWasLost">Whether a SYN was sent again: then one segment is enough to begin with (RFC 5681, 3.1).</param>
    public void Begin(int segmentSize, bool synWasLost)
    {
        SegmentSize = segmentSize;
        Threshold = int.MaxValue;
        _hyStart.Begin();
        Window = synWasLost ? segmentSize : Math.Min(InitialSegments * segmentSize, Math.Max(2 * segmentSize, InitialBytes));
        OnBegin();
    }

    /// <summary>Goes on with segments of another size: the path's largest packet has changed.</summary>
    public void SetSegmentSize(int segmentSize) => SegmentSize = segmentSize;

    /// <summary>Something has arrived while nothing is being recovered and the window is what holds the sender back.</summary>
    /// <param name="bytes">Bytes that are newly acknowledged.</param>
    /// <param name="roundTrip">The round-trip times measured so far.</param>
    /// <param name="isNewRound">Whether what was sent when the last round began is acknowledged.</param>
    /// <param name="now">The time.</param>
    public void OnAcknowledged(int bytes, in RoundTripTime roundTrip, bool isNewRound, Instant now)
    {
        if (!IsInSlowStart)
        {
            Avoid(bytes, in roundTrip, now);
            return;
        }

        // RFC 5681, 3.1, with RFC 3465's count of bytes.
        Window = Math.Min(Window + _hyStart.GrowthFor(bytes, SegmentSize), Math.Min(Threshold, LargestWindow));
        if (_hyStart.Update(roundTrip.Latest, isNewRound))
            Threshold = Window;
    }

    /// <summary>A loss, or a mark, was noticed for the first time in a window of data: sets what the window is to become.</summary>
    /// <param name="inFlight">Bytes on their way when it was noticed.</param>
    /// <param name="now">The time.</param>
    public void OnCongestion(int inFlight, Instant now) => Threshold = Math.Max(Reduce(inFlight, now), LeastWindow);

    /// <summary>Nothing was heard for a whole time-out (RFC 5681, 3.1): begin anew from one segment.</summary>
    public void OnTimeout(int inFlight, Instant now, bool isFirst)
    {
        // Of a segment that times out again, RFC 5681, 3.1, keeps the threshold of the first time.
        if (isFirst)
            OnCongestion(inFlight, now);
        Window = SegmentSize;
        OnWindowReset();
    }

    /// <summary>Nothing was sent for longer than a time-out (RFC 5681, 4.1): what the window was says little of the path as it is now.</summary>
    public void OnIdle()
    {
        int restart = Math.Min(InitialSegments * SegmentSize, Math.Max(2 * SegmentSize, InitialBytes));
        if (Window <= restart)
            return;
        Threshold = Math.Max(Threshold, Window / 4 * 3);
        Window = restart;
        _hyStart.Begin();
        OnWindowReset();
    }

    /// <summary>Keeps what there is, before a recovery that may prove to be for nothing.</summary>
    public void Save()
    {
        _savedWindow = Window;
        _savedThreshold = Threshold;
        OnSave();
    }

    /// <summary>Nothing was lost: it is as it was, or better (RFC 9438, 4.9).</summary>
    public void Restore()
    {
        Window = Math.Max(Window, _savedWindow);
        Threshold = Math.Max(Threshold, _savedThreshold);
        OnRestore();
    }

    /// <summary>Grows the window in congestion avoidance.</summary>
    /// <param name="bytes">Bytes that are newly acknowledged.</param>
    /// <param name="roundTrip">The round-trip times measured so far.</param>
    /// <param name="now">The time.</param>
    protected abstract void Avoid(int bytes, in RoundTripTime roundTrip, Instant now);

    /// <summary>The algorithm begins anew.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>The window fell to where slow start begins.</summary>
    protected virtual void OnWindowReset()
    {
    }

    /// <summary>Keeps what the algorithm knows.</summary>
    protected virtual void OnSave()
    {
    }

    /// <summary>Goes back to what was kept.</summary>
    protected virtual void OnRestore()
    {
    }

    /// <summary>What the window is to be after a loss.</summary>
    protected abstract int Reduce(int inFlight, Instant now);
}
