namespace Guest.Storage;

/// <summary>Who submitted a request.</summary>
public interface IBlockClient
{
    /// <summary>The request is complete (<see cref="BlockRequest.Status"/> says how) and the client's again. Called from the run loop, or from
    /// within <see cref="BlockQueue.Submit"/> for a request that is refused; must not block, and may submit it again.</summary>
    void OnCompleted(BlockRequest request);
}
