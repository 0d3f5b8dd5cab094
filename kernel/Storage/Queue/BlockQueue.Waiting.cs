using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Storage;

// Requests that wait: for room, for their parts, for a device that is away.
public sealed partial class BlockQueue
{
    /// <summary>Tells clients what ended, gives the device what it has room for, and ends what waits for nothing.</summary>
    /// <returns>Whether clients may have submitted more since.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ServeWaiting(Instant now)
    {
        TellEnded();
        BlockLimits limits = _device.Limits;
        if (limits != _limits || limits.Capacity != _capacity)
            Adopt(limits);
        Push(limits, more: false);
        if ((_ready.Count | _tooLong.Count) != 0)
            FailWhatCannotBe(now);
        else
            _awayDeadline = Instant.Never;
        if (_ended.Count == 0)
            return false;
        TellEnded();
        return true;
    }

    /// <summary>Gives the device as much as it takes.</summary>
    /// <returns>Whether it was given any.</returns>
    private bool Push(BlockLimits limits, bool more)
    {
        bool untold = false;
        bool any = false;
        while (true)
        {
            while (_ready.Count < BurstSize && _tooLong.First is { } whole && _splitter.TryMakePart(whole, limits, out BlockRequest? part))
            {
                if (whole.BytesSplit == whole.Length)
                    _tooLong.Remove(whole);
                Wait(part!);
            }

            // They leave the list first: a request that the device takes is the device's to link.
            int room = Math.Min(limits.Depth - _inFlight.Count, BurstSize);
            int count = 0;
            while (count < room && _ready.TakeFirst() is { } request)
                _submitting[count++] = request;
            if (count == 0)
                break;
            bool last = (_ready.Count | _tooLong.Count) == 0 || count == limits.Depth - _inFlight.Count;
            int taken = _device.Submit(new ReadOnlySpan<BlockRequest>(_submitting, 0, count), more || !last);
            untold = !more && !last;
            for (int i = count - 1; i >= taken; i--)
                _ready.PutBack(_submitting[i]);
            any |= taken != 0;
            NoteStarted(new ReadOnlySpan<BlockRequest>(_submitting, 0, taken));
            if (taken < count)
                break;
        }

        if (untold)
            _device.Submit(default, more: false);
        EndIfGone();
        return any;
    }

    /// <summary>Ends what waits for a device that will never take it: nothing else may come that this queue would be polled for.</summary>
    private void EndIfGone()
    {
        if (_ready.Count != 0 && _device.State == BlockDeviceState.Gone)
            EndWaiting(BlockStatus.Gone);
    }

    /// <summary>Ends waiting requests when the device has for too long been away, or taken nothing though it has nothing to do.</summary>
    private void FailWhatCannotBe(Instant now)
    {
        if (_device.State == BlockDeviceState.Ready && _inFlight.Count != 0)
        {
            _awayDeadline = Instant.Never;
            return;
        }

        if (_awayDeadline.IsNever)
        {
            _awayDeadline = now + AwayTimeout;
            _poll.StartBy(_awayDeadline);
        }

        if (now < _awayDeadline)
            return;
        _awayDeadline = Instant.Never;
        EndWaiting(BlockStatus.TimedOut);
    }

    private void EndWaiting(BlockStatus status)
    {
        while (_ready.TakeFirst() is { } request)
            End(request, status);
        while (_tooLong.First is { } whole)
            EndWhole(whole, status);
    }

    /// <summary>Makes no more parts of a request, which ends when those that there are have.</summary>
    private void EndWhole(BlockRequest whole, BlockStatus status)
    {
        _tooLong.Remove(whole);
        whole.Outcome = status;
        whole.BytesSplit = whole.Length;
        if (whole.PartsPending == 0)
            End(whole, status);
    }

    /// <summary>Notes what the device has taken of what waited.</summary>
    private void NoteStarted(ReadOnlySpan<BlockRequest> taken)
    {
        if (taken.Length == 0)
            return;
        foreach (BlockRequest request in taken)
        {
            if (request.Flight != _inFlight)
                _inFlight.Enter(request);
            request.Attempts++;
            request.Since = BlockRequest.JustNow;
        }

        _inFlight.Count += taken.Length;
    }

    /// <summary>Has requests wait for which the device had no room.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void KeepWaiting(ReadOnlySpan<BlockRequest> untaken)
    {
        foreach (BlockRequest request in untaken)
        {
            request.Attempts = 0;
            Wait(request);
        }

        EndIfGone();
    }

    /// <summary>Has a request wait until the device takes it.</summary>
    private void Wait(BlockRequest request)
    {
        request.Status = BlockStatus.Pending;
        request.Since = Instant.Never;
        _ready.Append(request);
    }

    /// <summary>Has a request wait that is longer than the device's limits.</summary>
    private void WaitForParts(BlockRequest request)
    {
        request.Status = BlockStatus.Pending;
        request.Since = Instant.Never;
        request.Outcome = BlockStatus.Pending;
        request.BytesSplit = 0;
        request.PartsPending = 0;
        _tooLong.Append(request);
    }
}
