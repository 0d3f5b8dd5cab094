using System.Runtime.CompilerServices;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>The segments that are sent and not acknowledged, in the order of the stream, and how many bytes of them are where (RFC 6675, 3).</summary>
internal struct Scoreboard
{
    private SentSegment? _last;

    /// <summary>The oldest; null if everything is acknowledged.</summary>
    public SentSegment? First;

    /// <summary>The newest.</summary>
    public readonly SentSegment? Last => _last;

    /// <summary>Bytes of segments, whatever became of them.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Bytes that the other side has beyond a gap.</summary>
    public int Sacked { get; private set; }

    /// <summary>Segments of which that is known.</summary>
    public int SackedSegments { get; private set; }

    /// <summary>Bytes that are believed to be lost and were not sent again.</summary>
    public int Lost { get; private set; }

    /// <summary>How many segments there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number behind the furthest byte that the other side has (RFC 8985, RACK.fack).</summary>
    public SequenceNumber Furthest;

    /// <summary>Bytes that are believed to be on their way (RFC 6675's pipe).</summary>
    public readonly int InFlight => Outstanding - Sacked - Lost;

    /// <summary>Adds a segment that is sent now, behind all others.</summary>
    public void Add(SentSegment segment, SequenceNumber start, SequenceNumber end, Instant now)
    {
        segment.Start = start;
        segment.End = end;
        segment.SentAt = now;
        segment.Fate = SegmentFate.InFlight;
        segment.WasRetransmitted = false;
        Reference.Set(ref segment.Before, _last);
        if (_last is null)
            Reference.Set(ref First, segment);
        else
            Reference.Set(ref _last.Next, segment);
        Reference.Set(ref _last, segment);
        Outstanding += end - start;
        Count++;
    }

    /// <summary>Takes the one segment that is outstanding, if there is one alone and all of it is acknowledged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SentSegment? TakeOnly(SequenceNumber acknowledged)
    {
        if (Count != 1 || First!.End != acknowledged || First.Fate != SegmentFate.InFlight)
            return null;
        SentSegment only = First;
        First = null;
        _last = null;
        Count = 0;
        Outstanding = 0;
        Furthest = acknowledged;
        return only;
    }

    /// <summary>Removes what is acknowledged.</summary>
    public void Acknowledge(SequenceNumber upTo, ref AckedSegments acked, SentSegmentPool pool)
    {
        while (First is { } first && first.Start < upTo)
        {
            bool whole = first.End <= upTo;
            int bytes = whole ? first.Length : upTo - first.Start;
            if (first.Fate != SegmentFate.Sacked)
                acked.Add(first, bytes, Furthest);
            Outstanding -= bytes;
            if (!whole)
            {
                CutFront(first, upTo);
                break;
            }

            Uncount(first.Fate, bytes);

            RemoveFirst(first, pool);
        }

        Furthest = SequenceNumber.Later(Furthest, upTo);
    }

    /// <summary>Notes that the other side has a range.</summary>
    /// <remarks>A segment counts when all of it is in the range.</remarks>
    public void Sack(SequenceNumber start, SequenceNumber end, ref AckedSegments acked)
    {
        SequenceNumber furthest = Furthest;
        for (SentSegment? at = First; at is not null && at.Start < end; at = at.Next)
        {
            if (at.Fate == SegmentFate.Sacked || at.Start < start || at.End > end)
                continue;
            acked.Add(at, at.Length, furthest);
            acked.WasSacked = true;
            SetFate(at, SegmentFate.Sacked);
            Furthest = SequenceNumber.Later(Furthest, at.End);
        }
    }

    /// <summary>Notes what became of a segment.</summary>
    public void SetFate(SentSegment segment, SegmentFate fate)
    {
        Uncount(segment.Fate, segment.Length);
        segment.Fate = fate;
        if (fate == SegmentFate.Sacked)
        {
            Sacked += segment.Length;
            SackedSegments++;
        }
        else if (fate == SegmentFate.Lost)
        {
            Lost += segment.Length;
        }
    }

    /// <summary>The oldest segment that is believed to be lost.</summary>
    public readonly SentSegment? FindLost()
    {
        if (Lost == 0)
            return null;
        SentSegment? at = First;
        while (at is not null && at.Fate != SegmentFate.Lost)
            at = at.Next;
        return at;
    }

    /// <summary>Notes that a segment was sent again.</summary>
    public void OnRetransmitted(SentSegment segment, Instant now)
    {
        SetFate(segment, SegmentFate.InFlight);
        segment.WasRetransmitted = true;
        segment.SentAt = now;
    }

    /// <summary>Cuts a segment in two, because it is longer than what may be sent now.</summary>
    /// <param name="segment">It keeps the first part.</param>
    /// <param name="length">How long that is.</param>
    /// <param name="rest">Becomes the second.</param>
    public void Split(SentSegment segment, int length, SentSegment rest)
    {
        rest.Start = segment.Start + length;
        rest.End = segment.End;
        rest.SentAt = segment.SentAt;
        rest.Fate = segment.Fate;
        rest.WasRetransmitted = segment.WasRetransmitted;
        segment.End = rest.Start;
        rest.Before = segment;
        rest.Next = segment.Next;
        if (rest.Next is null)
            _last = rest;
        else
            rest.Next.Before = rest;
        segment.Next = rest;
        if (rest.Fate == SegmentFate.Sacked)
            SackedSegments++;
        Count++;
    }

    /// <summary>Takes every segment for lost, or what <paramref name="keepSacked"/> leaves of them: the other side may have dropped what it told to have (RFC 2018, 8).</summary>
    public void MarkAllLost(bool keepSacked)
    {
        for (SentSegment? at = First; at is not null; at = at.Next)
        {
            if (at.Fate != SegmentFate.Sacked || !keepSacked)
                SetFate(at, SegmentFate.Lost);
        }
    }

    /// <summary>Takes no segment for lost any more.</summary>
    public void MarkNoneLost()
    {
        for (SentSegment? at = First; at is not null && Lost != 0; at = at.Next)
        {
            if (at.Fate == SegmentFate.Lost)
                SetFate(at, SegmentFate.InFlight);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear(SentSegmentPool pool)
    {
        while (First is { } first)
        {
            Outstanding -= first.Length;
            Uncount(first.Fate, first.Length);
            RemoveFirst(first, pool);
        }
    }

    private void CutFront(SentSegment segment, SequenceNumber start)
    {
        SegmentFate fate = segment.Fate;
        SetFate(segment, SegmentFate.InFlight);
        segment.Start = start;
        SetFate(segment, fate);
    }

    private void Uncount(SegmentFate fate, int bytes)
    {
        if (fate == SegmentFate.Sacked)
        {
            Sacked -= bytes;
            SackedSegments--;
        }
        else if (fate == SegmentFate.Lost)
        {
            Lost -= bytes;
        }
    }

    private void RemoveFirst(SentSegment first, SentSegmentPool pool)
    {
        SentSegment? next = first.Next;
        Reference.Set(ref First, next);
        if (next is null)
            _last = null;
        else
            next.Before = null;
        Count--;
        pool.Return(first);
    }
}
