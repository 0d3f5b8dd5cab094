namespace Guest.Net.Stack;

/// <summary>What is known of a segment that is not acknowledged.</summary>
internal enum SegmentFate : byte
{
    /// <summary>It is believed to be on its way.</summary>
    InFlight,

    /// <summary>The other side has it, though not all that comes before it (RFC 2018).</summary>
    Sacked,

    /// <summary>It is believed to be lost, and was not sent again since.</summary>
    Lost,
}
