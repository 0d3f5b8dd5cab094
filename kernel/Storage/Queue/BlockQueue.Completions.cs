using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage;

// What becomes of requests when the device has done with them.
public sealed partial class BlockQueue
{
    /// <summary>Takes what the device has completed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reap()
    {
        Span<BlockRequest> burst = MemoryMarshal.CreateSpan(ref _completing[0], BurstSize); // spares the check of the array's type
        int count = _device.Complete(burst);
        if (count == 0)
            return;
        _counters.Count(PathEvent.Burst);
        while (count != 0)
        {
            _inFlight.Count -= count;
            int plain = FinishPlain(burst[..count]);
            if (plain != count)
                FinishClosely(burst[plain..count]);
            count = count == BurstSize ? _device.Complete(burst) : 0;
        }
    }

    /// <summary>Gives its client back at once, from the front of a burst, what succeeded and is no part of anything.</summary>
    /// <returns>How many requests were finished.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FinishPlain(ReadOnlySpan<BlockRequest> burst)
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

    /// <summary>Looks at each request of a burst: all that <see cref="FinishPlain"/> did not deal with.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FinishClosely(ReadOnlySpan<BlockRequest> burst)
    {
        foreach (BlockRequest request in burst)
            Finish(request);
    }

    /// <summary>Ends a request that the device had or can no longer have, unless it is to be asked again.</summary>
    private void Finish(BlockRequest request)
    {
        if (request.Status == BlockStatus.Reset)
        {
            if (IsClosed || _device.State == BlockDeviceState.Gone)
            {
                request.Status = BlockStatus.Gone;
            }
            else if (request.Attempts < MaxAttempts)
            {
                // The device's limits may have changed since it was first given to it.
                Sort(request, _limits);
                return;
            }
            else
            {
                request.Status = BlockStatus.TimedOut;
            }
        }

        if (request.Status == BlockStatus.Ok)
            CountTraffic(request);
        End(request, request.Status);
    }

    /// <summary>Ends a request: its whole goes on without it, or its client is told by and by.</summary>
    private void End(BlockRequest request, BlockStatus outcome)
    {
        if (request.Whole is not null)
        {
            EndPart(request, outcome);
            return;
        }

        request.Status = BlockStatus.Pending;
        request.Outcome = outcome;
        request.Since = Instant.Never;
        _ended.Append(request);
    }

    /// <summary>Adds a part's outcome to its whole; the first error is the whole's, and then no more parts are made.</summary>
    private void EndPart(BlockRequest part, BlockStatus outcome)
    {
        BlockRequest whole = part.Whole!;
        if (outcome != BlockStatus.Ok && whole.Outcome == BlockStatus.Pending)
        {
            whole.Outcome = outcome;
            if (whole.BytesSplit < whole.Length)
                _tooLong.Remove(whole);
        }

        part.Status = outcome; // not late, however long it lies idle
        _splitter.Return(part);
        whole.PartsPending--;
        bool failed = whole.Outcome != BlockStatus.Pending;
        if (whole.PartsPending == 0 && (failed || whole.BytesSplit == whole.Length))
            End(whole, failed ? whole.Outcome : BlockStatus.Ok);
    }

    /// <summary>Tells clients of the requests that have ended until now; they may submit them again.</summary>
    private void TellEnded()
    {
        for (int left = _ended.Count; left > 0 && _ended.TakeFirst() is { } request; left--)
        {
            request.Status = request.Outcome;
            request.Client!.OnCompleted(new ReadOnlySpan<BlockRequest>(in request));
        }
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
