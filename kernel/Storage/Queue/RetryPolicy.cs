namespace Guest.Storage;

/// <summary>How often a disk is asked.</summary>
internal static class RetryPolicy
{
    /// <summary>How often a device is given a request, resets between, before the request fails.</summary>
    public const int MaxAttempts = 3;

    /// <summary>What becomes of a request that the device had when it was reset.</summary>
    /// <returns><see cref="BlockStatus.Pending"/> if the device is asked again, else how the request ends.</returns>
    public static BlockStatus AfterReset(BlockRequest request, bool deviceIsGone)
    {
        if (deviceIsGone)
            return BlockStatus.Gone;
        return request.Attempts < MaxAttempts ? BlockStatus.Pending : BlockStatus.TimedOut;
    }
}
