using System;

namespace Guest.Storage;

/// <summary>Who submits requests.</summary>
/// <remarks>A class, because it is called for every burst, and the method of an interface takes a search.</remarks>
public abstract class BlockClient
{
    /// <summary>Requests are complete (<see cref="BlockRequest.Status"/> says how) and the client's again; the span is the queue's. Called
    /// from the run loop, never from within <see cref="BlockQueue.Submit"/>; must not block, and may submit them again.</summary>
    protected internal abstract void OnCompleted(ReadOnlySpan<BlockRequest> burst);
}
