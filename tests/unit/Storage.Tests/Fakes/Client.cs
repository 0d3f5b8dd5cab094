using System;
using System.Collections.Generic;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Testing;

namespace Guest.Storage.Tests;

/// <summary>An application in front of a queue: asks, and remembers what it was told.</summary>
public sealed unsafe class Client : BlockClient
{
    private bool _submitting;

    public Client(IBlockDevice device)
    {
        Queue = new BlockQueue(device, Platform);
    }

    public FakePlatform Platform { get; } = new();

    public BlockQueue Queue { get; }

    public List<BlockRequest> Completed { get; } = [];

    public Action<BlockRequest>? WhenCompleted { get; set; }

    public static BlockRequest Request(BlockOperation operation, long offset, params int[] segments)
    {
        BlockRequest request = new(Math.Max(1, segments.Length)) { Operation = operation, Offset = offset };
        foreach (int length in segments)
            request.AddMemory(DeviceMemory.AllocatePages((length + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize), length);
        return request;
    }

    public static BlockRequest RangeRequest(BlockOperation operation, long offset, long length) =>
        new() { Operation = operation, Offset = offset, Length = length };

    protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
    {
        Assert.False(_submitting, "a client is told of a completion from within Submit");
        foreach (BlockRequest request in burst)
        {
            Assert.False(request.Status is BlockStatus.Pending or BlockStatus.Reset, "a request ends that has not ended");
            Completed.Add(request);
            WhenCompleted?.Invoke(request);
        }
    }

    public void Submit(params BlockRequest[] burst)
    {
        Assert.False(_submitting, "a client was called from within Submit, and submitted again");
        _submitting = true;
        Queue.Submit(burst, this);
        _submitting = false;
    }

    /// <summary>Polls as the run loop does, at the fake clock's time.</summary>
    public bool Poll() => Queue.Poll(Platform.Time);

    /// <summary>Idles until the earliest timer, and fires it.</summary>
    /// <returns>False if there is none.</returns>
    public static bool WaitForTimer(BlockQueue queue, FakePlatform platform)
    {
        queue.Arm();
        Instant earliest = platform.Processor.Timers.Earliest;
        if (earliest.IsNever)
            return false;
        if (platform.Time < earliest)
            platform.Time = earliest;
        return platform.Processor.Timers.Fire(platform.Time);
    }

    /// <summary>Lets as much time pass as a device may take, polling when the queue wants to be polled, until it has found what is late.</summary>
    public static void PassTimeout(BlockQueue queue, FakePlatform platform)
    {
        Instant late = platform.Time + queue.AttemptTimeout + new Duration(queue.AttemptTimeout.Nanoseconds / 4);
        while (platform.Time < late)
        {
            if (!WaitForTimer(queue, platform))
                platform.Time = late;
            queue.Poll(platform.Time);
        }
    }

    public void PassTimeout() => PassTimeout(Queue, Platform);

    /// <summary>Submits one request, polls until it is complete, and says how it ended.</summary>
    public BlockStatus Run(BlockRequest request)
    {
        Submit(request);
        for (int i = 0; request.Status == BlockStatus.Pending; i++)
        {
            Assert.True(i < 10_000, "the request never ends");
            if (Poll() || request.Status != BlockStatus.Pending || !Queue.Arm())
                continue;
            Assert.True(WaitForTimer(Queue, Platform), "the queue does not want to be polled again");
        }

        return request.Status;
    }
}
