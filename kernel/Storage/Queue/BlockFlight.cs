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

    /// <summary>Finds the request that the device has had longest, if it has had it for too long: for the whole of the patience without
    /// completing that or any other. A disk that is slow, or throttled, but goes on answering is not late, unless it passed
    /// the request over again and again. From when that counts is noted at the first look after the device was given a request: nobody reads
    /// a clock then, and an application that keeps the processor is not the device's fault.</summary>
    public BlockRequest? FindLate(Instant now, Duration patience, BlockProgress progress)
    {
        BlockRequest? late = null;
        foreach (BlockRequest request in Known)
        {
            if (request.Flight != this || request.Status != BlockStatus.Pending || request.Since.IsNever)
                continue;
            if (request.Since == BlockRequest.JustNow)
            {
                request.Since = now;
                request.CompletedBefore = progress.Completed;
            }
            else if (request.Since + patience <= now && (late is null || request.Since < late.Since) && progress.IsNoExcuse(request, now, patience))
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
