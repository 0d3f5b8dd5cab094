using System;
using System.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>One thing asked of a disk, with the memory it concerns. Made once, used again and again: nothing is allocated per request.</summary>
/// <remarks>
/// It has one owner at a time. The client fills it in and gives it to <see cref="BlockQueue.Submit"/>; until its client is told of
/// its completion, neither the request nor its memory may be touched. A driver that takes it from
/// <see cref="IBlockDevice.Submit"/> owns it until it returns it from <see cref="IBlockDevice.Complete"/>.
/// </remarks>
public sealed unsafe class BlockRequest
{
    /// <summary>What <see cref="Since"/> says before <see cref="BlockFlight.FindLate"/> has seen the request.</summary>
    internal static Instant NotSeenYet => Instant.Zero;

    private readonly BlockSegment[] _segments;

    /// <summary>Makes a request whose memory is in at most <paramref name="maxSegments"/> pieces.</summary>
    public BlockRequest(int maxSegments = 1) => _segments = new BlockSegment[maxSegments];

    /// <summary>What is asked.</summary>
    public BlockOperation Operation;

    /// <summary>Where on the disk, in bytes from its start; a multiple of <see cref="BlockLimits.LogicalSectorSize"/>.</summary>
    public long Offset;

    /// <summary>How much, in bytes; a multiple of <see cref="BlockLimits.LogicalSectorSize"/>. For reads and writes
    /// <see cref="SetMemory"/> and <see cref="AddMemory"/> keep it equal to the segments' sum.</summary>
    public long Length;

    /// <summary>How it stands. A driver sets it before it returns the request; no one else does but the queue.</summary>
    public BlockStatus Status;

    /// <summary>A driver's own note (a slot, an index of its ring) while it has the request.</summary>
    public int DriverTag;

    /// <summary>A client's own note, which nobody else touches.</summary>
    public int ClientTag;

    /// <summary>Who is told when it is complete.</summary>
    internal BlockClient? Client;

    /// <summary>The list the request is in, of whichever owner has it.</summary>
    internal BlockRequest? Next;

    /// <summary>The neighbour before it in that list, where the list is <see cref="BlockRequestList"/>.</summary>
    internal BlockRequest? Previous;

    /// <summary>The requests of the device that had it last.</summary>
    internal BlockFlight? Flight;

    /// <summary>From when it counts that the device has it; never, while it waits for the device.</summary>
    internal Instant Since;

    /// <summary>What <see cref="BlockFlight.FindLate"/> found the device to have completed when it first saw the request.</summary>
    internal long CompletedBefore;

    /// <summary>How often a device was given it.</summary>
    internal int Attempts;

    /// <summary>How it ended, until its client is told; <see cref="BlockStatus.Pending"/> while that is open.</summary>
    internal BlockStatus Outcome;

    /// <summary>The request that this is a part of, where the device's limits made the queue split it.</summary>
    internal BlockRequest? Whole;

    /// <summary>Of a split request: the parts that are not complete.</summary>
    internal int PartsPending;

    /// <summary>Of a split request: the bytes for which parts were made.</summary>
    internal long BytesSplit;

    /// <summary>How many segments the request can hold.</summary>
    public int MaxSegments => _segments.Length;

    /// <summary>How many segments it holds.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>The memory; empty for operations that have none.</summary>
    public ReadOnlySpan<BlockSegment> Segments => new(_segments, 0, SegmentCount);

    /// <summary>The first run of memory, of a request that has just one.</summary>
    internal BlockSegment Only => _segments[0];

    /// <summary>Whether the operation moves data.</summary>
    public bool MovesData => Operation is BlockOperation.Read or BlockOperation.Write;

    /// <summary>Whether the operation changes the disk.</summary>
    public bool Modifies => Operation is BlockOperation.Write or BlockOperation.Discard or BlockOperation.WriteZeroes;

    /// <summary>Notes that it waits until its device takes it.</summary>
    internal void SetWaiting()
    {
        Status = BlockStatus.Pending;
        Since = Instant.Never;
    }

    /// <summary>Makes one run of memory the whole of the request's.</summary>
    public void SetMemory(byte* memory, int length)
    {
        ClearMemory();
        AddMemory(memory, length);
    }

    /// <summary>Makes a buffer the whole of the request's memory.</summary>
    public void SetMemory(BlockSegment buffer) => SetMemory(buffer.Memory, buffer.Length);

    /// <summary>Appends a run of memory; there must be room (<see cref="MaxSegments"/>).</summary>
    public void AddMemory(byte* memory, int length)
    {
        Debug.Assert(SegmentCount < _segments.Length, "the request has no room for another segment");
        _segments[SegmentCount++] = new BlockSegment(memory, length);
        Length += length;
    }

    /// <summary>Forgets the memory and the length.</summary>
    public void ClearMemory()
    {
        SegmentCount = 0;
        Length = 0;
    }
}
