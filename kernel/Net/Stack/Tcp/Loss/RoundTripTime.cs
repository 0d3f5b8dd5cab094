using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>How long a round trip takes, and for how long to wait for an acknowledgement (RFC 6298).</summary>
internal struct RoundTripTime
{
    /// <summary>Before anything was measured (RFC 6298, 2.1).</summary>
    public static readonly Duration InitialTimeout = Duration.FromSeconds(1);

    /// <summary>After a SYN was lost, for the data that follows (RFC 6298, 5.7).</summary>
    public static readonly Duration TimeoutAfterLostSyn = Duration.FromSeconds(3);

    /// <summary>What the time-out is longer than the smoothed time, at least. RFC 6298, 2.4, would have no time-out below a second; 200 ms is what
    /// Linux has, and longer than acknowledgements are delayed by most.</summary>
    public static readonly Duration LeastMargin = Duration.FromMilliseconds(200);

    /// <summary>The longest time-out (RFC 6298, 2.5: at least a minute).</summary>
    public static readonly Duration LongestTimeout = Duration.FromSeconds(120);

    private long _variation;

    /// <summary>The smoothed time (SRTT); 0 before the first measurement.</summary>
    public Duration Smoothed { get; private set; }

    /// <summary>The last measurement.</summary>
    public Duration Latest { get; private set; }

    /// <summary>The shortest of all measurements; 0 before the first.</summary>
    public Duration Shortest { get; private set; }

    /// <summary>For how long to wait before a segment is sent again (RTO), not backed off.</summary>
    public Duration Timeout { get; private set; }

    /// <summary>Whether times differ so little that the time-out is as short as it may be.</summary>
    public readonly bool HasLeastMargin => Timeout.Nanoseconds - Smoothed.Nanoseconds <= LeastMargin.Nanoseconds;

    /// <summary>Begins anew.</summary>
    public void Begin()
    {
        this = default;
        Timeout = InitialTimeout;
    }

    /// <summary>After a SYN was lost the time-out starts from three seconds, unless something was measured.</summary>
    public void OnSynLost()
    {
        if (Smoothed.Nanoseconds == 0)
            Timeout = TimeoutAfterLostSyn;
    }

    /// <summary>Takes a measurement (RFC 6298, 2.2 and 2.3).</summary>
    public void Add(Duration measured)
    {
        long sample = Math.Max(measured.Nanoseconds, 1);
        Latest = new(sample);
        if (Smoothed.Nanoseconds == 0)
        {
            Smoothed = Latest;
            Shortest = Latest;
            _variation = sample / 2;
        }
        else
        {
            long difference = sample - Smoothed.Nanoseconds;
            _variation += (Math.Abs(difference) - _variation) / 4;
            Smoothed = new(Smoothed.Nanoseconds + (difference / 8));
            if (Latest < Shortest)
                Shortest = Latest;
        }

        long margin = Math.Max(4 * _variation, LeastMargin.Nanoseconds);
        Timeout = new(Math.Min(Smoothed.Nanoseconds + margin, LongestTimeout.Nanoseconds));
    }
}
