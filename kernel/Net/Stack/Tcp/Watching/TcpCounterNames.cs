namespace Guest.Net.Stack;

/// <summary>The counts of <see cref="TcpCounters"/> by name, as <c>/metrics</c> and the console show them; those in front are of segments that were dropped.</summary>
public static class TcpCounterNames
{
    /// <summary>How many there are.</summary>
    public static int Count => s_names.Length;

    /// <summary>How many of them, from the front, say why a segment was dropped, all of it or a part.</summary>
    internal const int Drops = 8;

    private static readonly string[] s_names =
    [
        "unacceptable", "noRoom", "withoutAck", "unanswered", "challenges", "challengesHeldBack", "backlogFull", "outOfMemory", "earlyDropped",
        "resets", "accepted", "aborted", "deafPeersGivenUp", "unreadGivenUp", "outOfOrder", "retransmissions", "timeouts", "fastRecoveries",
        "recoveriesUndone", "tailProbes", "windowProbes", "congestionEchoes", "pathReductions", "cookiesSent", "cookiesRedeemed", "timeWaitsEvicted",
    ];

    /// <summary>The name of one.</summary>
    public static string NameOf(int index) => s_names[index];

    /// <summary>The value of one.</summary>
    public static long Of(TcpCounters counters, int index) => index switch
    {
        0 => counters.Unacceptable,
        1 => counters.NoRoom,
        2 => counters.WithoutAck,
        3 => counters.Unanswered,
        4 => counters.Challenges,
        5 => counters.ChallengesHeldBack,
        6 => counters.BacklogFull,
        7 => counters.OutOfMemory,
        8 => counters.EarlyDropped,
        9 => counters.Resets,
        10 => counters.Accepted,
        11 => counters.Aborted,
        12 => counters.DeafPeersGivenUp,
        13 => counters.UnreadGivenUp,
        14 => counters.OutOfOrder,
        15 => counters.Retransmissions,
        16 => counters.Timeouts,
        17 => counters.FastRecoveries,
        18 => counters.RecoveriesUndone,
        19 => counters.TailProbes,
        20 => counters.WindowProbes,
        21 => counters.CongestionEchoes,
        22 => counters.PathReductions,
        23 => counters.CookiesSent,
        24 => counters.CookiesRedeemed,
        _ => counters.TimeWaitsEvicted,
    };
}
