using System;
using System.Runtime.CompilerServices;

namespace Guest.Storage;

/// <summary>Recognises by a few comparisons what nearly every request is: a read or a write of one run of memory that a device takes as it
/// stands. What it does not recognise <see cref="BlockChecks"/> looks at more closely.</summary>
internal readonly struct PlainTransfers
{
    private readonly BlockOperation _lastOperation;
    private readonly ulong _sectorMask;
    private readonly ulong _alignmentMask;
    private readonly ulong _maxBytes;
    private readonly long _capacity;

    /// <summary>Prepares for a device.</summary>
    public PlainTransfers(BlockLimits limits)
    {
        _lastOperation = limits.ReadOnly ? BlockOperation.Read : BlockOperation.Write;
        _sectorMask = (ulong)limits.LogicalSectorSize - 1;
        _alignmentMask = (ulong)limits.BufferAlignment - 1;
        _capacity = limits.Capacity;
        _maxBytes = (ulong)Math.Max(0, Math.Min(Math.Min(limits.MaxRequestBytes, limits.Capacity), BytesInAnyMemory(limits)));
    }

    /// <summary>Whether a request is such a one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Include(BlockRequest request)
    {
        if (request.SegmentCount != 1 || request.Operation > _lastOperation)
            return false;
        BlockSegment memory = request.Only;
        ulong offset = (ulong)request.Offset;
        ulong length = (ulong)request.Length;
        return length == (uint)memory.Length
            && length - 1 < _maxBytes
            && ((offset | length) & _sectorMask) == 0
            && offset <= (ulong)_capacity - length
            && (AddressOf(memory) & _alignmentMask) == 0;
    }

    private static unsafe ulong AddressOf(BlockSegment memory) => (ulong)memory.Memory;

    /// <summary>How long a run of memory may be that falls into few enough pieces wherever it lies.</summary>
    private static long BytesInAnyMemory(BlockLimits limits)
    {
        if (limits.SegmentBoundary == 0)
            return (long)limits.MaxSegments * limits.MaxSegmentBytes;
        return limits.MaxSegmentBytes >= limits.SegmentBoundary ? (limits.MaxSegments - 1L) * limits.SegmentBoundary : 0;
    }
}
