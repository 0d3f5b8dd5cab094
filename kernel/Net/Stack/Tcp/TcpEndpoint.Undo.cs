using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Undoing what a recovery did to the window, once it is known that nothing was lost: packets were only late, or came in another order (RFC 4015; RFC 9438,
/// 4.9).</summary>
public sealed partial class TcpEndpoint
{
    private RetransmissionDoubt _doubt;
    private bool _wasForNothing;

    // The window and what goes with it are kept as they were before the first of several recoveries that follow each other.
    private void BeginDoubt()
    {
        if (_recovery is Recovery.Fast or Recovery.Timeout)
            return;
        _congestion.Save();
        _doubt.Begin(_sendUnacknowledged, _sendNext, _sent.First is { WasRetransmitted: false });
        _wasForNothing = false;
    }

    /// <summary>Looks what an acknowledgement says of the last recovery.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void JudgeDoubt(in TcpSegment segment, bool hasNews, Instant now)
    {
        if (hasNews && _hasTimestamps && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0 && _recovery is Recovery.Fast or Recovery.Timeout
            && _doubt.IsAnsweredByFirstCopy(segment.Options.TimestampEcho))
        {
            // RFC 4015, 3.3: that is how long it takes now.
            long ticks = unchecked((int)(Timestamp(now) - segment.Options.TimestampEcho));
            if (_recovery == Recovery.Timeout && ticks > 0)
                _roundTrip.Add(TcpConnections.TicksOf(ticks));
            _wasForNothing = true;
        }

        if (!_wasForNothing)
            return;
        _wasForNothing = false;
        _doubt.End();
        _tcp.Counters.RecoveriesUndone++;
        _congestion.Restore();
        _sent.MarkNoneLost();
        _rack.OnDuplicateReported(_sendUnacknowledged, _sendNext);
        _mustTellReduced = false;
        _recovery = Recovery.None;
        _duplicates = 0;
    }
}
