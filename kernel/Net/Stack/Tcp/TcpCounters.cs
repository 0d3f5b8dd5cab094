namespace Guest.Net.Stack;

/// <summary>What has happened to connections, counted since the stack was made.</summary>
public sealed class TcpCounters
{
    /// <summary>Segments that had nothing in the window, or an old timestamp.</summary>
    public long Unacceptable;

    /// <summary>Acknowledgements that answered what may have been an attack (RFC 5961).</summary>
    public long Challenges;

    /// <summary>Those that were not sent because one was sent shortly before.</summary>
    public long ChallengesHeldBack;

    /// <summary>Segments that came before those in front of them.</summary>
    public long OutOfOrder;

    /// <summary>Segments of a connection without an acknowledgement number (RFC 9293, 3.10.7.4, fifth).</summary>
    public long WithoutAck;

    /// <summary>Segments of no use where they came, to which nothing is said: a reset for a listener, what comes late to a connection that is over.</summary>
    public long Unanswered;

    /// <summary>Segments for which there was no memory, all of them or their ends.</summary>
    public long NoRoom;

    /// <summary>Connections that were given up while memory was short, because the other side did not take what it was sent (RFC 6429).</summary>
    public long DeafPeersGivenUp;

    /// <summary>Connections that were given up while memory was short, because the application did not read.</summary>
    public long UnreadGivenUp;

    /// <summary>Times that what waited for a gap to be filled was dropped while memory was short (RFC 2018, 8).</summary>
    public long EarlyDropped;

    /// <summary>Segments that were sent again.</summary>
    public long Retransmissions;

    /// <summary>Time-outs of the retransmission timer.</summary>
    public long Timeouts;

    /// <summary>Recoveries that acknowledgements began.</summary>
    public long FastRecoveries;

    /// <summary>Recoveries that proved to have been for nothing, and were undone (RFC 4015).</summary>
    public long RecoveriesUndone;

    /// <summary>Probes for the loss of a tail (RFC 8985, 7).</summary>
    public long TailProbes;

    /// <summary>Probes into shut windows.</summary>
    public long WindowProbes;

    /// <summary>Marks that the other side told of (RFC 3168).</summary>
    public long CongestionEchoes;

    /// <summary>Times that the path carried less than was thought.</summary>
    public long PathReductions;

    /// <summary>Resets that answered segments of no connection.</summary>
    public long Resets;

    /// <summary>Connections that ended before their time.</summary>
    public long Aborted;

    /// <summary>Connections that others opened.</summary>
    public long Accepted;

    /// <summary>Connections that others wanted to open while too many waited to be accepted.</summary>
    public long BacklogFull;

    /// <summary>Connections that others wanted to open while there was no memory for more.</summary>
    public long OutOfMemory;

    /// <summary>SYNs that were answered without keeping anything of them (RFC 4987, 3.6).</summary>
    public long CookiesSent;

    /// <summary>Connections that such answers led to.</summary>
    public long CookiesRedeemed;

    /// <summary>Connections in TIME-WAIT that made room for younger ones.</summary>
    public long TimeWaitsEvicted;
}
