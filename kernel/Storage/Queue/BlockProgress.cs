using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>What a device has achieved lately: why a request that it has had for long may not be late.</summary>
/// <param name="last">When it was last seen to have completed anything.</param>
/// <param name="completed">How many requests it has completed so far.</param>
/// <param name="depth">How many it can have at once.</param>
internal readonly struct BlockProgress(Instant last, long completed, int depth)
{
    /// <summary>How many times as many requests as a device can have may come before one that it had already. In whatever order a disk
    /// serves what it has, it has no reason for more.</summary>
    private const int MostRounds = 4;

    /// <summary>How many requests it has completed so far.</summary>
    public long Completed => completed;

    /// <summary>Whether a request that the device has had for its whole patience is late though it completes others: it completed none for
    /// as long, or more than could have been before it, or the time is over in which one answer in each patience would have answered all.</summary>
    public bool MakesLate(BlockRequest request, Instant now, Duration patience) =>
        last + patience <= now
        || completed - request.CompletedBefore > MostRounds * (long)depth
        || request.Since + new Duration(patience.Nanoseconds * depth) <= now;
}
