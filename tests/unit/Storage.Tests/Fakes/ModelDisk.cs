using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;

namespace Guest.Storage.Tests;

/// <summary>A disk in memory that does as it is told: answers, keeps silent, fails, goes away.</summary>
public sealed class ModelDisk : IBlockDevice
{
    private readonly Queue<(BlockRequest Request, BlockStatus Status)> _done = new();

    public ModelDisk(int bytes, Func<int, BlockLimits>? limits = null, PathCounters? counters = null)
    {
        Counters = counters ?? new PathCounters("model0");
        Bytes = new byte[bytes];
        Limits = limits is null ? new BlockLimits { Capacity = bytes, Depth = 4, MaxSegments = 8 } : limits(bytes);
    }

    public byte[] Bytes { get; }

    public string Name => Counters.Name;

    public BlockIdentity Identity { get; } = new();

    public BlockLimits Limits { get; set; }

    public BlockDeviceState State { get; set; } = BlockDeviceState.Ready;

    public PathCounters Counters { get; }

    /// <summary>Taken and not answered.</summary>
    public List<BlockRequest> Held { get; } = [];

    /// <summary>What the device was given, as it stood when it came.</summary>
    public List<(BlockOperation Operation, long Offset, long Length, int Pieces)> Seen { get; } = [];

    /// <summary>The device's notifications: submissions after which nothing more was said to follow.</summary>
    public int Notifications { get; private set; }

    public int Resets { get; private set; }

    public bool Silent { get; set; }

    /// <summary>Takes nothing, though it has nothing to do.</summary>
    public bool Stubborn { get; set; }

    /// <summary>What becomes of a request.</summary>
    public Func<BlockRequest, BlockStatus> Outcome { get; set; } = _ => BlockStatus.Ok;

    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        if (State != BlockDeviceState.Ready || Stubborn)
            return 0;
        int taken = 0;
        foreach (BlockRequest request in burst)
        {
            if (Held.Count + _done.Count == Limits.Depth)
                break;
            Seen.Add((request.Operation, request.Offset, request.Length, CountPieces(request)));
            if (Silent)
                Held.Add(request);
            else
                Answer(request);
            taken++;
        }

        if (!more)
            Notifications++;
        return taken;
    }

    public int Complete(Span<BlockRequest> burst)
    {
        int count = 0;
        while (count < burst.Length && _done.TryDequeue(out (BlockRequest Request, BlockStatus Status) done))
        {
            done.Request.Status = done.Status;
            burst[count++] = done.Request;
        }

        return count;
    }

    public bool Arm() => _done.Count == 0;

    public void Reset()
    {
        Resets++;
        GiveBack();
    }

    public void Release()
    {
        foreach (BlockRequest request in Held)
            Answer(request);
        Held.Clear();
    }

    /// <summary>Answers one of those that are held.</summary>
    public void Release(int index)
    {
        Answer(Held[index]);
        Held.RemoveAt(index);
    }

    /// <summary>Returns what is held as a reset does.</summary>
    public void GiveBack()
    {
        foreach (BlockRequest request in Held)
            _done.Enqueue((request, BlockStatus.Reset));
        Held.Clear();
    }

    private void Answer(BlockRequest request)
    {
        BlockStatus status = Outcome(request);
        if (status == BlockStatus.Ok)
            Execute(request);
        _done.Enqueue((request, status));
    }

    private void Execute(BlockRequest request)
    {
        int at = (int)request.Offset;
        if (request.Operation == BlockOperation.WriteZeroes)
            Bytes.AsSpan(at, (int)request.Length).Clear();
        foreach (BlockSegment segment in request.Segments)
        {
            if (request.Operation == BlockOperation.Read)
                Bytes.AsSpan(at, segment.Length).CopyTo(segment.Bytes);
            else
                segment.Bytes.CopyTo(Bytes.AsSpan(at));
            at += segment.Length;
        }
    }

    private int CountPieces(BlockRequest request)
    {
        int pieces = 0;
        SegmentPieces walk = new(request.Segments, Limits.SegmentBoundary, Limits.MaxSegmentBytes);
        while (walk.MoveNext())
            pieces++;
        return pieces;
    }
}
