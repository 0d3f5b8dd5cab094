using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Guest.Core.Memory;

/// <summary>The usable memory that a loader names: in order, nothing twice, whatever the loader's entries were.</summary>
/// <remarks>It is filled before memory can be allocated, so it is a value of fixed size. When there are more ranges than it holds, the smallest are
/// left out: that only makes the machine a little smaller.</remarks>
public struct MemoryMap
{
    /// <summary>How many ranges are kept.</summary>
    public const int MaximumRanges = 32;

    /// <summary>Memory is used up to here: the direct map ends before device memory, and no processor with four levels of tables reaches more.</summary>
    public const ulong Limit = 1UL << 46;

    private const ulong FrameMask = FrameAllocator.FrameSize - 1;

    private Ranges _ranges;
    private int _count;

    /// <summary>What was added and not removed, in ascending order; whole frames after <see cref="CutToFrames"/>.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<MemoryRange> Memory => ((ReadOnlySpan<MemoryRange>)_ranges)[.._count];

    /// <summary>Bytes that were left out because there was no room for their range.</summary>
    public ulong LeftOut { get; private set; }

    /// <summary>Adds usable memory, by bytes. What reaches past the last address ends there.</summary>
    public void Add(ulong start, ulong length)
    {
        ulong end = EndOf(start, length);
        if (start >= end)
            return;
        int first = 0;
        while (first < _count && _ranges[first].End < start)
            first++;
        int behind = first;
        while (behind < _count && _ranges[behind].Start <= end)
        {
            start = Math.Min(start, _ranges[behind].Start);
            end = Math.Max(end, _ranges[behind].End);
            behind++;
        }

        while (behind > first)
            RemoveAt(--behind);
        Insert(first, new MemoryRange(start, end));
    }

    /// <summary>Takes memory out that something else is said to occupy; after all was added.</summary>
    public void Remove(ulong start, ulong length)
    {
        ulong end = EndOf(start, length);
        if (start >= end)
            return;
        int first = 0;
        while (first < _count && _ranges[first].End <= start)
            first++;
        MemoryRange before = default;
        MemoryRange after = default;
        while (first < _count && _ranges[first].Start < end)
        {
            if (_ranges[first].Start < start)
                before = new MemoryRange(_ranges[first].Start, start);
            if (_ranges[first].End > end)
                after = new MemoryRange(end, _ranges[first].End);
            RemoveAt(first);
        }

        if (after.End != 0)
            Insert(first, after);
        if (before.End != 0)
            Insert(first, before);
    }

    /// <summary>Keeps the lowest memory, so much of it, and takes the rest out; after <see cref="CutToFrames"/>.</summary>
    /// <param name="bytes">How much is kept: whole frames.</param>
    public void KeepLowest(ulong bytes)
    {
        int kept = 0;
        for (; kept < _count && bytes != 0; kept++)
        {
            MemoryRange range = _ranges[kept];
            ulong length = Math.Min(range.End - range.Start, bytes);
            _ranges[kept] = new MemoryRange(range.Start, range.Start + length);
            bytes -= length;
        }

        _count = kept;
    }

    /// <summary>Cuts every range to the whole frames in it, when all was added and removed: neighbours may share a frame until then.</summary>
    public void CutToFrames()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            MemoryRange range = new((_ranges[i].Start + FrameMask) & ~FrameMask, _ranges[i].End & ~FrameMask);
            if (range.Start < range.End)
                _ranges[kept++] = range;
        }

        _count = kept;
    }

    private static ulong EndOf(ulong start, ulong length)
    {
        ulong end = start + length;
        return end < start ? Limit : Math.Min(end, Limit);
    }

    private void RemoveAt(int index)
    {
        _count--;
        for (int i = index; i < _count; i++)
            _ranges[i] = _ranges[i + 1];
    }

    /// <summary>Inserts a range where the order wants it, and drops the smallest if there is one too many.</summary>
    private void Insert(int index, MemoryRange range)
    {
        for (int i = _count; i > index; i--)
            _ranges[i] = _ranges[i - 1];
        _ranges[index] = range;
        if (++_count <= MaximumRanges)
            return;
        int smallest = 0;
        for (int i = 1; i < _count; i++)
        {
            if (_ranges[i].End - _ranges[i].Start < _ranges[smallest].End - _ranges[smallest].Start)
                smallest = i;
        }

        LeftOut += _ranges[smallest].End - _ranges[smallest].Start;
        RemoveAt(smallest);
    }

    [InlineArray(MaximumRanges + 1)]
    private struct Ranges
    {
        private MemoryRange _first;
    }
}
