using System;
using Guest.Core.Memory;

namespace Guest.Storage;

/// <summary>Cuts requests that exceed a device's limits into parts that do not, from a fixed set of parts made at boot. Zeroes for a
/// device that cannot make them itself are parts that write a shared run of zeroes.</summary>
internal sealed unsafe class BlockSplitter
{
    private const int MaxParts = 32;
    private const int MaxPartSegments = 128;
    private const int ZeroPages = 16;

    private static byte* s_zeroes;

    private readonly int _parts;
    private readonly int _segments;
    private BlockRequest? _free;

    /// <summary>Makes the parts.</summary>
    public BlockSplitter(BlockLimits limits)
    {
        if (s_zeroes is null)
            s_zeroes = DeviceMemory.AllocatePages(ZeroPages);
        _parts = PartsFor(limits);
        _segments = SegmentsFor(limits);
        for (int i = 0; i < _parts; i++)
            _free = new BlockRequest(_segments) { Next = _free };
    }

    /// <summary>The next in a list of those that no queue has.</summary>
    public BlockSplitter? NextSpare { get; set; }

    /// <summary>Whether its parts are as many and as large as a device's limits ask for.</summary>
    public bool Suits(BlockLimits limits) => _parts >= PartsFor(limits) && _segments >= SegmentsFor(limits);

    /// <summary>Prepares a request of which parts are to be made.</summary>
    public static void Begin(BlockRequest whole)
    {
        whole.Outcome = BlockStatus.Pending;
        whole.BytesSplit = 0;
        whole.PartsPending = 0;
    }

    /// <summary>Whether no more parts are to be made of a request.</summary>
    public static bool IsAllInParts(BlockRequest whole) => whole.BytesSplit == whole.Length;

    /// <summary>Whether no more parts are to be made of a request, and all that were have ended.</summary>
    public static bool HasEnded(BlockRequest whole) => whole.PartsPending == 0 && IsAllInParts(whole);

    /// <summary>Has no more parts made of a request, and it fail: with this error, unless it has one already.</summary>
    public static void Stop(BlockRequest whole, BlockStatus error)
    {
        whole.BytesSplit = whole.Length;
        if (whole.Outcome == BlockStatus.Pending)
            whole.Outcome = error;
    }

    /// <summary>Makes the next part of a request.</summary>
    /// <returns>False when all parts are in use; they come back, because every request ends.</returns>
    public bool TryMakePart(BlockRequest whole, BlockLimits limits, out BlockRequest? part)
    {
        part = _free;
        if (part is null)
            return false;
        _free = part.Next;
        part.Next = null;
        part.Whole = whole;
        bool zeroesAsData = whole.Operation == BlockOperation.WriteZeroes && limits.MaxWriteZeroesBytes < limits.LogicalSectorSize;
        part.Operation = zeroesAsData ? BlockOperation.Write : whole.Operation;
        part.Attempts = 0;
        part.Offset = whole.Offset + whole.BytesSplit;
        part.ClearMemory();
        if (whole.MovesData)
            TakeMemory(part, whole, limits);
        else if (zeroesAsData)
            TakeZeroes(part, whole.Length - whole.BytesSplit, limits);
        else
            part.Length = Math.Min(whole.Length - whole.BytesSplit, MaxBytes(whole.Operation, limits));
        whole.BytesSplit += part.Length;
        whole.PartsPending++;
        return true;
    }

    /// <summary>Takes back a part that has ended. It lies idle, and must not be found late: so it has a status.</summary>
    public void TakeBack(BlockRequest part, BlockStatus outcome)
    {
        part.Whole!.PartsPending--;
        part.Whole = null;
        part.Status = outcome;
        part.Next = _free;
        _free = part;
    }

    private static int PartsFor(BlockLimits limits) => Math.Min(limits.Depth, MaxParts);

    private static int SegmentsFor(BlockLimits limits) => Math.Min(limits.MaxSegments, MaxPartSegments);

    private static long MaxBytes(BlockOperation operation, BlockLimits limits)
    {
        long max = operation == BlockOperation.Discard ? limits.MaxDiscardBytes : limits.MaxWriteZeroesBytes;
        return max & -limits.LogicalSectorSize;
    }

    /// <summary>Gives the part the memory that begins <see cref="BlockRequest.BytesSplit"/> bytes into the whole's: as many
    /// whole sectors as fit.</summary>
    private static void TakeMemory(BlockRequest part, BlockRequest whole, BlockLimits limits)
    {
        long skip = whole.BytesSplit;
        int room = limits.MaxRequestBytes & -limits.LogicalSectorSize;
        int pieces = limits.MaxSegments;
        foreach (BlockSegment segment in whole.Segments)
        {
            if (skip >= segment.Length)
            {
                skip -= segment.Length;
                continue;
            }

            byte* memory = segment.Memory + skip;
            int wanted = Math.Min(segment.Length - (int)skip, room);
            skip = 0;
            int length = FitPieces(new BlockSegment(memory, wanted), limits, ref pieces);
            if (length != 0)
                part.AddMemory(memory, length);
            room -= length;
            if (length < wanted || room == 0 || part.SegmentCount == part.MaxSegments)
                return;
        }
    }

    private static void TakeZeroes(BlockRequest part, long wanted, BlockLimits limits)
    {
        int room = (int)Math.Min(wanted, limits.MaxRequestBytes & -limits.LogicalSectorSize);
        int pieces = limits.MaxSegments;
        while (room > 0 && pieces > 0 && part.SegmentCount < part.MaxSegments)
        {
            BlockSegment zeroes = new(s_zeroes, Math.Min(room, ZeroPages * DeviceMemory.PageSize));
            int length = FitPieces(zeroes, limits, ref pieces);
            if (length == 0)
                return;
            part.AddMemory(s_zeroes, length);
            room -= length;
        }
    }

    /// <summary>How much of a run of memory fits in the number of pieces left, in whole sectors.</summary>
    private static int FitPieces(BlockSegment run, BlockLimits limits, ref int pieces)
    {
        SegmentPieces walk = new(new ReadOnlySpan<BlockSegment>(in run), limits.SegmentBoundary, limits.MaxSegmentBytes);
        int length = 0;
        while (pieces > 0 && walk.MoveNext())
        {
            length += walk.Length;
            pieces--;
        }

        return length & -limits.LogicalSectorSize;
    }
}
