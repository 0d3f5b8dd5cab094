using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Explicit congestion notification (RFC 3168, 6.1): routers mark packets instead of dropping them, the receiver says so, the sender slows down.</summary>
public sealed partial class TcpEndpoint
{
    private bool _offersEcn;
    private bool _usesEcn;

    // As a receiver: a mark came, and the sender has not said that it heard of it. As a sender: it has slowed down, and is to say so.
    private bool _mustEcho;
    private bool _mustTellReduced;

    private void NoteMark(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Cwr))
            _mustEcho = false;
        if (!segment.IsMarked)
            return;
        _mustEcho = true;
        _ackNow = true;
    }

    /// <summary>The other side got a mark: once for each window of data that is as good as a loss (6.1.2).</summary>
    private void TakeCongestionEcho(Instant now)
    {
        // Whatever was late: the path is congested.
        _doubt.End();
        if (_recovery != Recovery.None)
            return;
        _congestion.OnCongestion(_sent.InFlight, now);
        _congestion.Window = _congestion.Threshold;
        _recovery = Recovery.Reduced;
        _recoveryPoint = _sendNext;
        _mustTellReduced = true;
        _tcp.Counters.CongestionEchoes++;
    }

    /// <summary>Only data that is sent for the first time may be marked (6.1.5).</summary>
    private TcpFlags AddEcn(TcpFlags flags, bool mayBeMarked)
    {
        if (_mustEcho)
            flags |= TcpFlags.Ece;
        if (!mayBeMarked || !_mustTellReduced)
            return flags;
        _mustTellReduced = false;
        return flags | TcpFlags.Cwr;
    }
}
