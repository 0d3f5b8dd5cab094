using System.Runtime.CompilerServices;

namespace Guest.Net.Stack;

/// <summary>What a receiver tells of the bytes that it holds beyond a gap: the range that grew last comes first (RFC 2018, 4), and before it a range
/// that came twice (RFC 2883, 4).</summary>
internal struct SackRanges
{
    private const int Most = 4;

    private Ranges _ranges;
    private Range _duplicate;
    private bool _hasDuplicate;

    /// <summary>How many ranges there are, one that came twice among them.</summary>
    public readonly int Count => Held + (_hasDuplicate ? 1 : 0);

    /// <summary>How many ranges are held.</summary>
    private int Held { get; set; }

    /// <summary>A range, in the order in which they are told.</summary>
    public readonly void Get(int index, out SequenceNumber start, out SequenceNumber end)
    {
        Range range = _hasDuplicate ? index == 0 ? _duplicate : _ranges[index - 1] : _ranges[index];
        start = range.Start;
        end = range.End;
    }

    /// <summary>Notes a range that arrived.</summary>
    public void Add(SequenceNumber start, SequenceNumber end)
    {
        int kept = 0;
        for (int i = 0; i < Held; i++)
        {
            Range range = _ranges[i];
            if (range.End < start || range.Start > end)
            {
                _ranges[kept++] = range;
                continue;
            }

            start = SequenceNumber.Earlier(start, range.Start);
            end = SequenceNumber.Later(end, range.End);
        }

        Held = kept < Most ? kept + 1 : Most;
        for (int i = Held - 1; i > 0; i--)
            _ranges[i] = _ranges[i - 1];
        _ranges[0] = new Range { Start = start, End = end };
    }

    /// <summary>Notes that a range came again, to be told once.</summary>
    public void AddDuplicate(SequenceNumber start, SequenceNumber end)
    {
        _duplicate = new Range { Start = start, End = end };
        _hasDuplicate = true;
    }

    /// <summary>Notes that what was to be told once was told.</summary>
    public void OnTold() => _hasDuplicate = false;

    /// <summary>Forgets what lies before a byte.</summary>
    public void RemoveUpTo(SequenceNumber next)
    {
        int kept = 0;
        for (int i = 0; i < Held; i++)
        {
            if (_ranges[i].End > next)
                _ranges[kept++] = _ranges[i];
        }

        Held = kept;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Held = 0;
        _hasDuplicate = false;
    }

    private struct Range
    {
        public SequenceNumber Start;
        public SequenceNumber End;
    }

    [InlineArray(Most)]
    private struct Ranges
    {
        private Range _first;
    }
}
