using System;
using System.Runtime.CompilerServices;

namespace Guest.Storage;

/// <summary>Requests in the order in which they came, in an array that grows to the most there ever were.</summary>
internal sealed class BlockRequestRing
{
    private const int UsualDepth = 64;

    private BlockRequest[] _ring = new BlockRequest[UsualDepth];
    private int _first;

    /// <summary>The number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the next request needs a larger array.</summary>
    public bool IsFull
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Count == _ring.Length;
    }

    /// <summary>Appends a request.</summary>
    public void Add(BlockRequest request)
    {
        if (IsFull)
            Grow();
        AddInPlace(request);
    }

    /// <summary>Appends a request where there is room for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddInPlace(BlockRequest request)
    {
        _ring[(_first + Count++) & (_ring.Length - 1)] = request;
    }

    /// <summary>Takes as many requests as there is room for, from the front.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(Span<BlockRequest> taken)
    {
        BlockRequest[] ring = _ring;
        int count = Math.Min(Count, taken.Length);
        int first = _first;
        int untilEnd = Math.Min(count, ring.Length - first);
        new ReadOnlySpan<BlockRequest>(ring, first, untilEnd).CopyTo(taken);
        if (untilEnd != count)
            new ReadOnlySpan<BlockRequest>(ring, 0, count - untilEnd).CopyTo(taken[untilEnd..]);
        _first = (first + count) & (ring.Length - 1);
        Count -= count;
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        BlockRequest[] larger = new BlockRequest[_ring.Length * 2];
        int count = Take(larger);
        _ring = larger;
        _first = 0;
        Count = count;
    }
}
