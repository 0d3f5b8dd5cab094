using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>What is known of a segment on its way. Pooled: <see cref="SentSegmentPool"/>.</summary>
internal sealed class SentSegment
{
    /// <summary>Its neighbours in the order of the stream.</summary>
    public SentSegment? Next;

    /// <inheritdoc cref="Next"/>
    public SentSegment? Before;

    /// <summary>The number of its first byte.</summary>
    public SequenceNumber Start;

    /// <summary>The number behind its last byte; a SYN and a FIN count as one each.</summary>
    public SequenceNumber End;

    /// <summary>When it was sent last.</summary>
    public Instant SentAt;

    /// <summary>What became of it, as far as is known.</summary>
    public SegmentFate Fate;

    /// <summary>Whether it was sent more than once.</summary>
    public bool WasRetransmitted;

    /// <summary>Bytes, SYN and FIN counted.</summary>
    public int Length => End - Start;
}
