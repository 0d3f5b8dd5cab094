using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>What one acknowledgement said of segments that were not known to have arrived before.</summary>
internal struct AckedSegments
{
    /// <summary>Bytes that have arrived, whether acknowledged in order or selectively.</summary>
    public int Bytes;

    /// <summary>When the one that was sent last among them was sent.</summary>
    public Instant NewestSentAt;

    /// <summary>The number behind that one's last byte.</summary>
    public SequenceNumber NewestEnd;

    /// <summary>Whether that one was sent more than once.</summary>
    public bool NewestWasRetransmitted;

    /// <summary>When the one that was sent first among those that were sent only once was sent; <see cref="Instant.Never"/> if there is none (Karn's
    /// algorithm: of the others nobody knows which copy arrived).</summary>
    public Instant OldestSentOnce;

    /// <summary>When the one that was sent last among those that were sent only once was sent.</summary>
    public Instant NewestSentOnce;

    /// <summary>Whether one of them was sent more than once. Those behind it may have arrived long before, and waited for it to be acknowledged: no time of theirs
    /// is that of a round trip.</summary>
    public bool AnyRetransmitted;

    /// <summary>Whether a segment that was sent only once arrived though one that was sent behind it had arrived before (RFC 8985, 6.2, step 3).</summary>
    public bool WasReordered;

    /// <summary>Whether a selective acknowledgement told of anything new.</summary>
    public bool WasSacked;

    /// <summary>Whether anything has arrived.</summary>
    public readonly bool Any => Bytes != 0;

    /// <summary>Before the acknowledgement is looked at.</summary>
    public static AckedSegments None => new() { OldestSentOnce = Instant.Never };

    /// <summary>Counts a segment that has arrived.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="bytes">How much of it is new.</param>
    /// <param name="furthest">The number behind the furthest byte that was known to have arrived before.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(SentSegment segment, int bytes, SequenceNumber furthest)
    {
        Bytes += bytes;
        if (segment.SentAt > NewestSentAt || (segment.SentAt == NewestSentAt && segment.End > NewestEnd))
        {
            NewestSentAt = segment.SentAt;
            NewestEnd = segment.End;
            NewestWasRetransmitted = segment.WasRetransmitted;
        }

        if (segment.WasRetransmitted)
        {
            AnyRetransmitted = true;
            return;
        }

        OldestSentOnce = Instant.Earlier(OldestSentOnce, segment.SentAt);
        if (segment.SentAt > NewestSentOnce)
            NewestSentOnce = segment.SentAt;
        WasReordered |= segment.End < furthest;
    }
}
