namespace Guest.Net.Stack;

/// <summary>The counts of <see cref="TcpCounters"/> by name, as <c>/metrics</c> and the console show them; those in front are of segments that were dropped.</summary>
public static class TcpCounterNames
{
    /// <summary>How many there are.</summary>
    public static int Count => s_names.Length;

    /// <summary>How many of them, from the front, say why a segment was dropped, all of it or a part.</summary>
    internal const int Drops = 7;

    private static readonly string[] s_names =
    [
        "unacceptable", "noRoom", "withoutAck", "unanswered", "challenges", "challengesHeldBack", "backlogFull",
        "resets", "accepted", "aborted", "outOfOrder", "retransmissions", "timeouts", "fastRecoveries", "tailProbes", "windowProbes",
        "congestionEchoes", "pathReductions", "cookiesSent", "cookiesRedeemed", "timeWaitsEvicted",
        "recoveriesUndone", "deafPeersGivenUp", "unreadGivenUp", "earlyDropped",
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
        7 => counters.Resets,
        8 => counters.Accepted,
        9 => counters.Aborted,
        10 => counters.OutOfOrder,
        11 => counters.Retransmissions,
        12 => counters.Timeouts,
        13 => counters.FastRecoveries,
        14 => counters.TailProbes,
        15 => counters.WindowProbes,
        16 => counters.CongestionEchoes,
        17 => counters.PathReductions,
        18 => counters.CookiesSent,
        19 => counters.CookiesRedeemed,
        20 => counters.TimeWaitsEvicted,
        21 => counters.RecoveriesUndone,
        22 => counters.DeafPeersGivenUp,
        23 => counters.UnreadGivenUp,
        _ => counters.EarlyDropped,
    };
}
