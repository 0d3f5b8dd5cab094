using Guest.Core.Memory;

namespace Guest.Net.Stack;

/// <summary>Records of sent segments for all connections: made as they are needed, up to a limit and while there is memory, and used again ever after.</summary>
internal sealed class SentSegmentPool(int limit)
{
    /// <summary>So many are made however little memory is left.</summary>
    private const int Least = 256;

    private SentSegment? _free;
    private int _made;

    /// <summary>Takes one; null if all are in use.</summary>
    public SentSegment? TryTake()
    {
        SentSegment? taken = _free;
        if (taken is null)
            return TryMake();
        Reference.Set(ref _free, taken.Next);
        taken.Next = null;
        return taken;
    }

    /// <summary>Gives one back.</summary>
    public void Return(SentSegment segment)
    {
        segment.Before = null;
        Reference.Set(ref segment.Next, _free);
        Reference.Set(ref _free, segment);
    }

    private SentSegment? TryMake()
    {
        if (_made == limit || (_made >= Least && !PhysicalMemory.HasSpare))
            return null;
        _made++;
        return new SentSegment();
    }
}
