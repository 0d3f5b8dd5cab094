using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Storage.Devices.BlkFrontRing;

namespace Guest.Storage.Devices;

// From responses back to requests. Each response is copied out once and judged by the copy.
public sealed unsafe partial class BlkFront
{
    /// <summary>Events in a row, each without any work, after which the back end is held to be hostile.</summary>
    private const int StormLimit = 1000;

    /// <summary>Requests that ended without a response.</summary>
    private BlockRequestFifo _returned;
    private int _idleEvents;
    private bool _interrupted;

    /// <inheritdoc/>
    public int Complete(Span<BlockRequest> burst)
    {
        int count = 0;
        while (_returned.Count != 0 && count < burst.Length)
            burst[count++] = _returned.TakeFirst()!;
        if (!_up)
            return count;
        if (!_ring.TryCount(out int responses))
            Refuse("more responses than requests");
        else if (responses != 0)
            count += TakeResponses(burst[count..], responses);
        else if (_interrupted)
            NoteEventWithoutWork();
        _interrupted = false;
        return count;
    }

    /// <inheritdoc/>
    public bool Arm() => _returned.Count == 0 && (!_up || !_ring.Arm());

    /// <summary>Takes responses, as many as there is room for, until one is not believed.</summary>
    /// <param name="burst">Receives the requests.</param>
    /// <param name="responses">How many there are.</param>
    /// <returns>How many were taken.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeResponses(Span<BlockRequest> burst, int responses)
    {
        // The ring's place and size, in registers; what moves is written back.
        FrontRing<Request, Response> ring = _ring;
        uint consumer = ring.ResponseConsumer;
        BlockRequest?[] inFlight = _inFlight;
        ulong freed = 0;
        int room = Math.Min(burst.Length, responses);
        int count = 0;
        for (; count < room; count++)
        {
            Response response = ring.Response(consumer);
            BlockRequest? request = response.Id < MostSlots ? inFlight[(int)response.Id] : null;
            if (request is null)
            {
                Refuse("a response to nothing that was asked");
                break;
            }

            if (response.Operation != request.DriverTag || response.Status != StatusOkay)
            {
                if (!TryTakeFailure(response, request))
                    break;
            }
            else
            {
                request.Status = BlockStatus.Ok;
            }

            consumer++;
            inFlight[(int)response.Id] = null;
            freed |= 1UL << (int)response.Id;
            burst[count] = request;
        }

        _ring.ResponseConsumer = consumer;
        _freeIds |= freed;
        _idleEvents = 0;
        return count;
    }

    /// <summary>Takes a response that is no success, and may be a lie.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakeFailure(in Response response, BlockRequest request)
    {
        if (response.Operation != request.DriverTag)
        {
            Refuse("a response to another operation");
            return false;
        }

        switch (response.Status)
        {
            case StatusError:
                request.Status = BlockStatus.DeviceError;
                return true;
            case StatusUnsupported:
                request.Status = BlockStatus.Unsupported;
                return true;
            default:
                Refuse("a status that is none");
                return false;
        }
    }

    private void NoteEventWithoutWork()
    {
        Counters.Count(PathEvent.SpuriousInterrupt);
        if (++_idleEvents >= StormLimit)
            Refuse("a storm of events without work");
    }

    /// <summary>Has a request end though nothing answered it.</summary>
    private void Return(BlockRequest request, BlockStatus status)
    {
        request.Status = status;
        _returned.Append(request);
    }

    /// <summary>Gives the ring up; the bus closes and connects anew, and what was in flight is submitted again.</summary>
    private void Refuse(string why)
    {
        _up = false;
        Break(why);
    }
}
