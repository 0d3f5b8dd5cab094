using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>The requests that a device has, kept so that one that is late can be found.</summary>
/// <remarks>That is seldom asked, and requests are used again and again. So a request enters a list once, the first time that the device is
/// to have it, and stays there; that it is in flight shows in itself. Going and coming back cost no look at the list.</remarks>
internal sealed class BlockFlight
{
    /// <summary>How many requests the device has.</summary>
    public int Count { get; set; }

    private BlockRequest[] _known = new BlockRequest[32];
    private int _knownCount;

    private ReadOnlySpan<BlockRequest> Known => new(_known, 0, _knownCount);

    /// <summary>Finds the request that the device has had longest, if it has had it for too long: for the whole of the patience, without
    /// completing that or any other, or while it completed so many others that it passes this one over (<see cref="BlockProgress"/>).</summary>
    /// <remarks>Nobody reads a clock when the device is given a request: the time counts from the first look that finds it in flight. So an
    /// application that keeps the processor to itself does not make a request late.</remarks>
    public BlockRequest? FindLate(Instant now, Duration patience, BlockProgress progress)
    {
        BlockRequest? late = null;
        foreach (BlockRequest request in Known)
        {
            if (request.Flight != this || request.Status != BlockStatus.Pending || request.Since.IsNever)
                continue;
            if (request.Since == BlockRequest.NotSeenYet)
            {
                request.Since = now;
                request.CompletedBefore = progress.Completed;
            }
            else if (request.Since + patience <= now && (late is null || request.Since < late.Since) && progress.MakesLate(request, now, patience))
            {
                late = request;
            }
        }

        return late;
    }

    /// <summary>Enters a request that is new, or that another device has had since.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Enter(BlockRequest request)
    {
        bool isNew = request.Flight is null;
        request.Flight = this;
        if (!isNew && IsKnown(request))
            return;
        if (_knownCount == _known.Length)
        {
            BlockRequest[] larger = new BlockRequest[_knownCount * 2];
            Known.CopyTo(larger);
            _known = larger;
        }

        _known[_knownCount++] = request;
    }

    private bool IsKnown(BlockRequest request)
    {
        foreach (BlockRequest known in Known)
        {
            if (known == request)
                return true;
        }

        return false;
    }
}
