using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>The requests that a device has, in no order: putting one in and taking one out costs a few stores.</summary>
internal sealed class BlockFlight
{
    private const int UsualDepth = 64;

    private BlockRequest[] _requests = new BlockRequest[UsualDepth];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a burst of requests in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<BlockRequest> burst)
    {
        int count = Count;
        if (burst.Length > _requests.Length - count)
            Grow(count + burst.Length);
        BlockRequest[] requests = _requests;
        for (int i = 0; i < burst.Length; i++)
        {
            BlockRequest request = burst[i];
            request.FlightIndex = count;
            requests[count++] = request;
        }

        Count = count;
    }

    /// <summary>Takes a request out that is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(BlockRequest request)
    {
        BlockRequest last = _requests[--Count];
        last.FlightIndex = request.FlightIndex;
        _requests[request.FlightIndex] = last;
    }

    /// <summary>The request whose deadline is the earliest; there must be one.</summary>
    public BlockRequest FindEarliest()
    {
        BlockRequest earliest = _requests[0];
        for (int i = 1; i < Count; i++)
        {
            if (_requests[i].Deadline < earliest.Deadline)
                earliest = _requests[i];
        }

        return earliest;
    }

    // Once at most, for a device that takes more than is usual.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int least)
    {
        BlockRequest[] larger = new BlockRequest[(int)BitOperations.RoundUpToPowerOf2((uint)least)];
        _requests.AsSpan().CopyTo(larger);
        _requests = larger;
    }
}
