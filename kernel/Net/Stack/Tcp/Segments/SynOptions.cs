namespace Guest.Net.Stack;

/// <summary>What a SYN of ours says of this host.</summary>
internal unsafe ref struct SynOptions
{
    /// <summary>The longest segment to send to this host, in bytes of payload.</summary>
    public int MaximumSegment;

    /// <summary>By how much this host's windows are shifted, if <see cref="HasWindowShift"/>.</summary>
    public int WindowShift;

    /// <summary>Whether windows are shifted.</summary>
    public bool HasWindowShift;

    /// <summary>Whether this host takes selective acknowledgements.</summary>
    public bool PermitsSack;

    /// <summary>Whether timestamps are sent.</summary>
    public bool HasTimestamps;

    /// <summary>This host's clock.</summary>
    public uint TimestampValue;

    /// <summary>The other side's.</summary>
    public uint TimestampEcho;

    /// <summary>Writes the options.</summary>
    /// <returns>Where the payload would begin.</returns>
    public readonly byte* Write(byte* at)
    {
        at = TcpOptionWriter.WriteMaximumSegment(at, MaximumSegment);
        if (PermitsSack)
            at = TcpOptionWriter.WriteSackPermitted(at);
        if (HasTimestamps)
            at = TcpOptionWriter.WriteTimestamps(at, TimestampValue, TimestampEcho);
        return HasWindowShift ? TcpOptionWriter.WriteWindowShift(at, WindowShift) : at;
    }
}
