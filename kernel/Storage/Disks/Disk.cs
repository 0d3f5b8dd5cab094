using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>A disk, or a partition of one, as an application sees it: requests go in in bursts, and come back in whatever order they end.</summary>
/// <remarks>
/// Memory for requests comes from <see cref="AllocateBuffer"/>: the device reads and writes it itself, nothing is copied. One thread
/// at a time uses a disk; several disks may be open on one device. The same class serves on Linux, over a file, where
/// <c>TryOpen</c> takes its path. A disk that is taken away ends every request as <see cref="BlockStatus.Gone"/>; the one that comes to its
/// place is opened anew. Once closed, the object is given to who opens a disk next: keep no reference to it.
/// </remarks>
public sealed partial class Disk : BlockClient, IDisposable
{
    private readonly WaitQueue _completion = new();
    private readonly CompletedRequests _completed = new();
    private readonly DiskSet? _set;
    private IBlockDevice _device = null!;
    private BlockQueue _queue = null!;
    private long _start;
    private bool _isWhole;
    private int _pending;

    internal Disk(BlockQueue queue, long start, long length)
        : this(set: null) => Open(queue, start, length);

    /// <summary>A disk that is not open yet, of a set that takes it back.</summary>
    internal Disk(DiskSet? set) => _set = set;

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The device's name: <c>ahci0</c>.</summary>
    public string DeviceName => _device.Name;

    /// <summary>Which disk it is.</summary>
    public BlockIdentity Identity => _device.Identity;

    /// <summary>What requests must obey: sector size, alignment; longer ones are split below.</summary>
    public BlockLimits Limits => _device.Limits;

    /// <summary>What the device has cost so far.</summary>
    public PathCounters Counters => _device.Counters;

    /// <summary>The time.</summary>
    public Instant Now => _queue.Now;

    /// <summary>The next of those that are open on the same queue, or of those that are closed.</summary>
    internal Disk? Next { get; set; }

    /// <summary>Allocates memory that requests can use, for good.</summary>
    public static unsafe BlockSegment AllocateBuffer(int bytes)
    {
        int pages = (bytes + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize;
        return new BlockSegment(DeviceMemory.AllocatePages(pages), bytes);
    }

    /// <summary>Gives requests to the disk; <see cref="BlockRequest.Offset"/> counts from the disk's (or partition's) start.</summary>
    public void Submit(ReadOnlySpan<BlockRequest> burst)
    {
        if (_isWhole)
        {
            // Its bounds are the queue's to check.
            _pending += burst.Length;
            _queue.Submit(burst, this);
        }
        else
        {
            SubmitToPart(burst);
        }
    }

    /// <summary>Waits until at least one request is complete, and takes those that are.</summary>
    /// <returns>How many were taken; 0 if none is under way.</returns>
    public int Wait(Span<BlockRequest> completed)
    {
        while (_completed.Count == 0)
        {
            if (_pending == 0)
                return 0;
            _completion.Wait(Instant.Never);
        }

        int count = _completed.Take(completed);
        _pending -= count;
        return count;
    }

    /// <summary>Closes the disk, once what is under way has ended; does nothing if it is closed.</summary>
    public void Dispose()
    {
        if (_queue is null)
            return;
        while (_pending != 0)
        {
            if (_completed.Count == 0)
                _completion.Wait(Instant.Never);
            _pending -= _completed.Count;
            _completed.Clear();
        }

        _queue.Opened.Remove(this);
        BlockQueue closed = _queue;
        _queue = null!;
        if (_set is not null)
            _set.Keep(this);
        else
            Release(closed);
    }

    /// <summary>Gives back what it has to itself: on Linux, a file.</summary>
    partial void Release(BlockQueue queue);

    /// <summary>Opens a part of a device.</summary>
    internal void Open(BlockQueue queue, long start, long length)
    {
        _device = queue.Device;
        _start = start;
        _isWhole = start == 0 && length == _device.Limits.Capacity;
        Length = length;
        MoveTo(queue);
    }

    /// <summary>Has requests go to another queue from now on: the device was taken away, and its own queue is for the next.</summary>
    internal void MoveTo(BlockQueue queue)
    {
        _queue = queue;
        queue.Opened.Add(this);
    }

    /// <inheritdoc/>
    protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
    {
        if (_start != 0)
            MoveBack(burst);
        _completed.Add(burst);
        _completion.WakeOne();
    }

    /// <summary>Gives requests to a partition, whose bounds the queue does not know.</summary>
    private void SubmitToPart(ReadOnlySpan<BlockRequest> burst)
    {
        _pending += burst.Length;
        while (!burst.IsEmpty)
        {
            int good = 0;
            while (good < burst.Length && IsInside(burst[good]))
                burst[good++].Offset += _start;
            if (good != 0)
                _queue.Submit(burst[..good], this);
            if (good == burst.Length)
                return;
            burst[good].Offset += _start;
            _queue.Refuse(burst[good], this, BlockStatus.OutOfRange);
            burst = burst[(good + 1)..];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveBack(ReadOnlySpan<BlockRequest> burst)
    {
        foreach (BlockRequest request in burst)
            request.Offset -= _start;
    }

    private bool IsInside(BlockRequest request) =>
        request.Operation == BlockOperation.Flush
        || (request.Length > 0 && request.Offset >= 0 && request.Offset <= Length - request.Length);
}
