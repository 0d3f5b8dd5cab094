using System.Numerics;

namespace Guest.Storage;

/// <summary>Whether a disk can be asked what a request asks: pure functions of the request and the disk's limits.</summary>
internal static class BlockChecks
{
    /// <summary>Says what is wrong with a request, <see cref="BlockStatus.Ok"/> if there is nothing to do for it, and
    /// <see cref="BlockStatus.Pending"/> if the device must be asked.</summary>
    public static BlockStatus Check(BlockRequest request, BlockLimits limits)
    {
        if (request.Modifies && limits.ReadOnly)
            return BlockStatus.ReadOnly;
        switch (request.Operation)
        {
            case BlockOperation.Flush:
                return limits.HasWriteCache ? BlockStatus.Pending : BlockStatus.Ok;
            case BlockOperation.Read:
            case BlockOperation.Write:
            case BlockOperation.WriteZeroes:
            case BlockOperation.Discard when limits.MaxDiscardBytes >= limits.LogicalSectorSize:
                break;
            default:
                return BlockStatus.Unsupported;
        }

        long sectorMask = limits.LogicalSectorSize - 1;
        if (request.Length <= 0 || request.Offset < 0 || request.Offset > limits.Capacity - request.Length)
            return BlockStatus.OutOfRange;
        if (((request.Offset | request.Length) & sectorMask) != 0)
            return BlockStatus.Unaligned;
        return request.MovesData && !MemoryIsUsable(request, limits) ? BlockStatus.Unaligned : BlockStatus.Pending;
    }

    /// <summary>Whether the device can take the request in one.</summary>
    public static bool Fits(BlockRequest request, BlockLimits limits) => request.Operation switch
    {
        BlockOperation.Flush => true,
        BlockOperation.Discard => request.Length <= limits.MaxDiscardBytes,
        BlockOperation.WriteZeroes => request.Length <= limits.MaxWriteZeroesBytes,
        _ => request.Length <= limits.MaxRequestBytes && HasFewPieces(request, limits),
    };

    private static unsafe bool MemoryIsUsable(BlockRequest request, BlockLimits limits)
    {
        ulong alignmentMask = (ulong)limits.BufferAlignment - 1;
        int sectorMask = limits.LogicalSectorSize - 1;
        long sum = 0;
        foreach (BlockSegment segment in request.Segments)
        {
            if (segment.Length <= 0 || (segment.Length & sectorMask) != 0 || ((ulong)segment.Memory & alignmentMask) != 0)
                return false;
            sum += segment.Length;
        }

        return sum == request.Length;
    }

    private static unsafe bool HasFewPieces(BlockRequest request, BlockLimits limits)
    {
        if (limits.SegmentBoundary == 0 && limits.MaxSegmentBytes >= limits.MaxRequestBytes)
            return request.SegmentCount <= limits.MaxSegments;
        int pieces = 0;
        if (limits.SegmentBoundary != 0 && limits.MaxSegmentBytes >= limits.SegmentBoundary)
        {
            // Frequent, so without a walk: how many blocks of the boundary's size each segment touches.
            int shift = BitOperations.TrailingZeroCount(limits.SegmentBoundary);
            foreach (BlockSegment segment in request.Segments)
            {
                ulong first = (ulong)segment.Memory >> shift;
                ulong last = ((ulong)segment.Memory + (uint)segment.Length - 1) >> shift;
                pieces += (int)(last - first) + 1;
            }

            return pieces <= limits.MaxSegments;
        }

        SegmentPieces walk = new(request.Segments, limits.SegmentBoundary, limits.MaxSegmentBytes);
        while (walk.MoveNext())
            pieces++;
        return pieces <= limits.MaxSegments;
    }
}
