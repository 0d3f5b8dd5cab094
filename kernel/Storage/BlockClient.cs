namespace Guest.Storage;

/// <summary>Who submits requests.</summary>
/// <remarks>A class, because it is called for every request, and the method of an interface takes a search.</remarks>
public abstract class BlockClient
{
    /// <summary>The request is complete (<see cref="BlockRequest.Status"/> says how) and the client's again. Called from the run loop, or from
    /// within <see cref="BlockQueue.Submit"/> for a request that is refused; must not block, and may submit it again.</summary>
    protected internal abstract void OnCompleted(BlockRequest request);
}
