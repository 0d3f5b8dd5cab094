using System;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>Requests that have ended, of which their clients are still to be told.</summary>
internal struct EndedRequests
{
    private BlockRequestFifo _requests;

    /// <summary>The number of requests.</summary>
    public readonly int Count => _requests.Count;

    /// <summary>Appends a request. Until its client is told it is pending for everybody else.</summary>
    public void Append(BlockRequest request, BlockStatus outcome)
    {
        request.Status = BlockStatus.Pending;
        request.Outcome = outcome;
        request.Since = Instant.Never;
        _requests.Append(request);
    }

    /// <summary>Tells clients of the requests that have ended until now; they may submit them again, and those may end meanwhile.</summary>
    public void TellClients()
    {
        for (int left = _requests.Count; left > 0 && _requests.TakeFirst() is { } request; left--)
        {
            request.Status = request.Outcome;
            request.Client!.OnCompleted(new ReadOnlySpan<BlockRequest>(in request));
        }
    }
}
