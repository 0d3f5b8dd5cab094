using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;

namespace Guest.Storage;

// The way out: what becomes of requests when the device has done with them.
public sealed partial class BlockQueue
{
    /// <summary>Takes what the device has completed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeCompleted()
    {
        Span<BlockRequest> burst = MemoryMarshal.CreateSpan(ref _completing[0], BurstSize); // spares the check of the array's type
        int count = _device.Complete(burst);
        if (count == 0)
            return;
        _counters.Count(PathEvent.Burst);
        while (count != 0)
        {
            _inFlight.Count -= count;
            int plain = CompletePlain(burst[..count]);
            if (plain != count)
                CompleteSlow(burst[plain..count]);
            count = count == BurstSize ? _device.Complete(burst) : 0;
        }
    }

    /// <summary>Gives its client back at once, from the front of a burst, what succeeded and is no part of anything.</summary>
    /// <returns>How many requests were finished.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CompletePlain(ReadOnlySpan<BlockRequest> burst)
    {
        BlockClient? client = burst[0].Client;
        int plain = 0;
        for (; plain < burst.Length; plain++)
        {
            BlockRequest request = burst[plain];
            if (request.Status != BlockStatus.Ok || request.Client != client || request.Whole is not null)
                break;
            CountTraffic(request);
        }

        if (plain != 0)
            client!.OnCompleted(burst[..plain]);
        return plain;
    }

    /// <summary>Looks at each request of a burst: all that <see cref="CompletePlain"/> did not deal with.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CompleteSlow(ReadOnlySpan<BlockRequest> burst)
    {
        foreach (BlockRequest request in burst)
        {
            BlockStatus outcome = request.Status;
            if (outcome == BlockStatus.Reset)
                outcome = RetryPolicy.AfterReset(request, IsClosed || _device.State == BlockDeviceState.Gone);
            if (outcome == BlockStatus.Pending)
            {
                Enqueue(request, _limits); // the limits may have changed since the device was first given it
                continue;
            }

            if (outcome == BlockStatus.Ok)
                CountTraffic(request);
            End(request, outcome);
        }
    }

    /// <summary>Ends a request: its whole goes on without it, or its client is told at the next poll.</summary>
    private void End(BlockRequest request, BlockStatus outcome)
    {
        if (request.Whole is { } whole)
        {
            if (outcome != BlockStatus.Ok)
                StopSplitting(whole, outcome);
            _splitter.TakeBack(request, outcome);
            EndIfAllParts(whole);
            return;
        }

        _ended.Append(request, outcome);
    }

    /// <summary>Ends a request of which no more parts shall be made, once those that there are have ended.</summary>
    private void EndWhole(BlockRequest whole, BlockStatus outcome)
    {
        StopSplitting(whole, outcome);
        EndIfAllParts(whole);
    }

    /// <summary>Makes no more parts of a request, which fails; the first error is the one it fails with.</summary>
    private void StopSplitting(BlockRequest whole, BlockStatus error)
    {
        if (!BlockSplitter.IsAllInParts(whole))
            _waiting.RemoveTooLong(whole);
        BlockSplitter.Stop(whole, error);
    }

    private void EndIfAllParts(BlockRequest whole)
    {
        if (BlockSplitter.HasEnded(whole))
            End(whole, whole.Outcome == BlockStatus.Pending ? BlockStatus.Ok : whole.Outcome);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountTraffic(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Read)
        {
            _counters.Count(PathEvent.Received);
            _counters.Count(PathEvent.ReceivedBytes, request.Length);
        }
        else if (request.Operation == BlockOperation.Write)
        {
            _counters.Count(PathEvent.Sent);
            _counters.Count(PathEvent.SentBytes, request.Length);
        }
    }
}
