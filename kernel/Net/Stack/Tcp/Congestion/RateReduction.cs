using System;

namespace Guest.Net.Stack;

/// <summary>Proportional rate reduction (RFC 6937): during a recovery as much is sent as arrives, in the proportion in which the window is to shrink, so that it has its
/// new size when the recovery ends, with no pause and no burst.</summary>
internal struct RateReduction
{
    private int _flight;
    private int _delivered;
    private int _sent;

    /// <summary>Begins with a recovery.</summary>
    /// <param name="flight">Bytes that were outstanding (RecoverFS).</param>
    public void Begin(int flight)
    {
        _flight = Math.Max(flight, 1);
        _delivered = 0;
        _sent = 0;
    }

    /// <summary>Counts what is sent.</summary>
    public void OnSent(int bytes) => _sent += bytes;

    /// <summary>How much may be on its way after an acknowledgement.</summary>
    /// <param name="delivered">Bytes that it says have arrived.</param>
    /// <param name="inFlight">Bytes on their way (pipe).</param>
    /// <param name="threshold">What the window is to become.</param>
    /// <param name="segmentSize">Bytes in a full segment.</param>
    public int WindowAfter(int delivered, int inFlight, int threshold, int segmentSize)
    {
        _delivered += delivered;
        int more;
        if (inFlight > threshold)
        {
            more = (int)(((long)_delivered * threshold + _flight - 1) / _flight) - _sent;
        }
        else
        {
            // The slow start reduction bound: after heavy losses the window is regained as in slow start.
            int limit = Math.Max(_delivered - _sent, delivered) + segmentSize;
            more = Math.Min(threshold - inFlight, limit);
        }

        // The first retransmission goes at once (RFC 6937, 3).
        if (_sent == 0)
            more = Math.Max(more, segmentSize);
        return inFlight + Math.Max(more, 0);
    }
}
