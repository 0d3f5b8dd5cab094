namespace Guest.Net.Stack;

/// <summary>What must be known of a connection that is over.</summary>
internal struct TcpTimeWaitNumbers
{
    /// <summary>The number behind our FIN (SND.NXT).</summary>
    public SequenceNumber SendNext;

    /// <summary>The number behind the other side's FIN (RCV.NXT).</summary>
    public SequenceNumber ReceiveNext;

    /// <summary>Whether there are timestamps.</summary>
    public bool HasTimestamps;

    /// <summary>The other side's clock, as it said last.</summary>
    public uint RecentTimestamp;

    /// <summary>From where our timestamps count.</summary>
    public uint TimestampOffset;
}
