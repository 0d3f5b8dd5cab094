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

    /// <summary>Appends a request.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(BlockRequest request)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_first + Count++) & (_ring.Length - 1)] = request;
    }

    /// <summary>Takes as many requests as there is room for, from the front.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<BlockRequest> taken)
    {
        BlockRequest[] ring = _ring;
        int count = Math.Min(Count, taken.Length);
        int first = _first;
        for (int i = 0; i < count; i++)
            taken[i] = ring[first++ & (ring.Length - 1)];
        _first = first & (ring.Length - 1);
        Count -= count;
        return count;
    }

    private void Grow()
    {
        BlockRequest[] larger = new BlockRequest[_ring.Length * 2];
        int count = Take(larger);
        _ring = larger;
        _first = 0;
        Count = count;
    }
}
