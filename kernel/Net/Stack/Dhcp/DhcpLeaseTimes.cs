using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>When a lease is renewed, when it is asked of any server, and when it ends (RFC 2131, 4.4.5).</summary>
/// <remarks>The end is the server's to say. The other two are only believed where they leave time between one question and the next.</remarks>
internal readonly struct DhcpLeaseTimes
{
    /// <summary>A lease is never renewed sooner than this after it was given.</summary>
    public const int LeastRenewalSeconds = 3;

    private const uint UsualLeaseSeconds = 3600;

    private DhcpLeaseTimes(Instant renewal, Instant rebinding, Instant end)
    {
        Renewal = renewal;
        Rebinding = rebinding;
        End = end;
    }

    /// <summary>T1: from here on its server is asked to extend it.</summary>
    public Instant Renewal { get; }

    /// <summary>T2: from here on any server is asked.</summary>
    public Instant Rebinding { get; }

    /// <summary>The address must not be used from here on; <see cref="Instant.Never"/> for a lease without an end.</summary>
    public Instant End { get; }

    /// <summary>Whether the lease ends before anybody may be asked to extend it.</summary>
    public bool IsTooShort => Renewal >= End && !End.IsNever;

    /// <summary>Reads the times of a lease that begins now.</summary>
    /// <returns>False for a lease of no time at all.</returns>
    public static bool TryRead(in DhcpMessage message, Instant now, out DhcpLeaseTimes times)
    {
        if (!message.TryFind(DhcpOption.LeaseTime, out uint lease))
            lease = UsualLeaseSeconds;
        if (lease == uint.MaxValue)
        {
            times = new DhcpLeaseTimes(Instant.Never, Instant.Never, Instant.Never);
            return true;
        }

        long end = lease;
        bool hasRenewal = message.TryFind(DhcpOption.RenewalTime, out uint t1) && t1 >= LeastRenewalSeconds && t1 < end;
        long renewal = hasRenewal ? t1 : Math.Min(Math.Max(end / 2, LeastRenewalSeconds), end);
        bool hasRebinding = message.TryFind(DhcpOption.RebindingTime, out uint t2) && t2 >= renewal && t2 < end;
        long rebinding = hasRebinding ? t2 : Math.Max(renewal, end * 7 / 8);
        times = new DhcpLeaseTimes(now + Duration.FromSeconds(renewal), now + Duration.FromSeconds(rebinding), now + Duration.FromSeconds(end));
        return end != 0;
    }
}
