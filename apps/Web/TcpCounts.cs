using Guest.Net.Stack;

namespace Web;

/// <summary>What has happened to TCP connections, by name.</summary>
internal static class TcpCounts
{
    /// <summary>The names.</summary>
    public static readonly string[] Names =
    [
        "accepted", "aborted", "retransmissions", "timeouts", "fastRecoveries", "tailProbes", "windowProbes", "outOfOrder", "noRoom", "unacceptable", "challenges", "resets",
        "backlogFull", "cookiesSent", "cookiesRedeemed", "deafPeersGivenUp", "unreadGivenUp", "earlyDropped", "recoveriesUndone",
    ];

    /// <summary>The count of one.</summary>
    public static long Of(NetworkStack stack, int index)
    {
        TcpCounters counters = stack.TcpCounters;
        return index switch
        {
            0 => counters.Accepted,
            1 => counters.Aborted,
            2 => counters.Retransmissions,
            3 => counters.Timeouts,
            4 => counters.FastRecoveries,
            5 => counters.TailProbes,
            6 => counters.WindowProbes,
            7 => counters.OutOfOrder,
            8 => counters.NoRoom,
            9 => counters.Unacceptable,
            10 => counters.Challenges,
            11 => counters.Resets,
            12 => counters.BacklogFull,
            13 => counters.CookiesSent,
            14 => counters.CookiesRedeemed,
            15 => counters.DeafPeersGivenUp,
            16 => counters.UnreadGivenUp,
            17 => counters.EarlyDropped,
            _ => counters.RecoveriesUndone,
        };
    }
}
