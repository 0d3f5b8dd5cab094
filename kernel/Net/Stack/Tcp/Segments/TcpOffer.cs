namespace Guest.Net.Stack;

/// <summary>What the other side's SYN says of it.</summary>
internal struct TcpOffer
{
    /// <summary>The longest segment to send to it, in bytes of payload; 0 if it does not say.</summary>
    public int MaximumSegment;

    /// <summary>By how much its windows are shifted; -1 if it shifts none, and takes none that are.</summary>
    public int WindowShift;

    /// <summary>Whether it takes selective acknowledgements.</summary>
    public bool PermitsSack;

    /// <summary>Whether it sends timestamps.</summary>
    public bool HasTimestamps;

    /// <summary>Its clock.</summary>
    public uint TimestampValue;
}
