namespace Guest.Net.Stack;

/// <summary>The states of a connection (RFC 9293, 3.3.2), in the order in which it passes them: comparisons mean something.</summary>
/// <remarks>LISTEN is a class of its own (<see cref="TcpListenEndpoint"/>), and so are SYN-RECEIVED after a passive open (<see cref="TcpHalfOpen"/>) and TIME-WAIT
/// (<see cref="TcpTimeWait"/>): there are many of them, and each needs a few words only.</remarks>
public enum TcpState
{
    /// <summary>There is no connection.</summary>
    Closed,

    /// <summary>A SYN was sent.</summary>
    SynSent,

    /// <summary>A SYN was sent and one was received, but ours is not acknowledged.</summary>
    SynReceived,

    /// <summary>Data passes both ways.</summary>
    Established,

    /// <summary>The other side has no more to send; this one may have.</summary>
    CloseWait,

    /// <summary>This side has no more to send, and its FIN is not acknowledged; the other side may have.</summary>
    FinWait1,

    /// <summary>This side's FIN is acknowledged; the other side may have more to send.</summary>
    FinWait2,

    /// <summary>Both sides have no more to send, and said so at the same time; this one's FIN is not acknowledged.</summary>
    Closing,

    /// <summary>The other side was first to have no more to send; this one's FIN is not acknowledged.</summary>
    LastAck,
}
