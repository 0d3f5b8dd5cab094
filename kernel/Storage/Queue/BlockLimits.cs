using System.Numerics;

namespace Guest.Storage;

/// <summary>What a disk is and what it can take in one request: filled in by its driver, obeyed by <see cref="BlockQueue"/>.
/// Sizes are in bytes.</summary>
public sealed class BlockLimits
{
    /// <summary>The size of the disk, a multiple of <see cref="LogicalSectorSize"/>; the one limit that changes while a disk is in use. Its driver
    /// writes it then, and nothing is allocated.</summary>
    public long Capacity { get; set; }

    /// <summary>The smallest thing that can be read or written: 512 or 4,096.</summary>
    public int LogicalSectorSize { get; init; } = 512;

    /// <summary>The smallest thing that the disk writes without reading first; at least the logical size.</summary>
    public int PhysicalSectorSize { get; init; } = 512;

    /// <summary>Whether writing is refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Requests that the device can have at once.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>The most data that one request moves.</summary>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>The most pieces of memory in one request, after <see cref="SegmentPieces"/> has cut its segments at
    /// <see cref="SegmentBoundary"/> and <see cref="MaxSegmentBytes"/>.</summary>
    public int MaxSegments { get; init; } = 1;

    /// <summary>The longest piece.</summary>
    public int MaxSegmentBytes { get; init; } = int.MaxValue;

    /// <summary>A power of two that no piece may cross (64 KiB for IDE, 4 KiB for grants), or 0.</summary>
    public int SegmentBoundary { get; init; }

    /// <summary>A power of two of which every segment's address and length must be multiples.</summary>
    public int BufferAlignment { get; init; } = 1;

    /// <summary>Whether there is a volatile cache; without one a flush completes at once and is not given to the device.</summary>
    public bool HasWriteCache { get; init; }

    /// <summary>The longest <see cref="BlockOperation.Discard"/>; 0 if the device knows none.</summary>
    public long MaxDiscardBytes { get; init; }

    /// <summary>The longest <see cref="BlockOperation.WriteZeroes"/>; 0 if the device knows none, and then
    /// <see cref="BlockQueue"/> writes zeroes as data.</summary>
    public long MaxWriteZeroesBytes { get; init; }

    /// <summary>Into how many pieces one sector falls that lies in memory as badly as can be.</summary>
    private int MostPiecesOfSector => DivideUp(LogicalSectorSize, MaxSegmentBytes) + DivideUp(LogicalSectorSize, SegmentBoundary);

    /// <summary>Why no sane disk can be so, or null. What a device says of itself is not trusted before this is null.</summary>
    public string? Problem
    {
        get
        {
            if (LogicalSectorSize < 512 || LogicalSectorSize > 4096 || !BitOperations.IsPow2(LogicalSectorSize))
                return "the logical sector size is neither 512, 1024, 2048 nor 4096";
            if (PhysicalSectorSize < LogicalSectorSize || !BitOperations.IsPow2(PhysicalSectorSize))
                return "the physical sector size is no multiple of the logical one";
            if (Capacity < 0 || (Capacity & (LogicalSectorSize - 1)) != 0)
                return "the capacity is not a whole number of sectors";
            if (Depth < 1)
                return "the device takes no requests";
            if (MaxRequestBytes < LogicalSectorSize || MaxSegmentBytes < 1 || MaxSegments < MostPiecesOfSector)
                return "a single sector does not fit the device's limits";
            if ((SegmentBoundary != 0 && !BitOperations.IsPow2(SegmentBoundary)) || !BitOperations.IsPow2(BufferAlignment))
                return "an alignment is not a power of two";
            return null;
        }
    }

    private static int DivideUp(int value, int divisor) => divisor <= 0 ? 0 : (int)(((long)value + divisor - 1) / divisor);
}
