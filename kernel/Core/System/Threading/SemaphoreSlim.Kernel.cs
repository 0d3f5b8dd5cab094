using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace System.Threading;

/// <summary>A count that threads wait for, by the BCL's names: how one thread tells another that there is something to do.</summary>
public sealed class SemaphoreSlim(int initialCount, int maxCount = int.MaxValue) : IDisposable
{
    private readonly WaitQueue _released = new();

    /// <summary>How many waits would succeed at once.</summary>
    public int CurrentCount { get; private set; } = initialCount;

    /// <summary>Waits until the count is above zero, and takes one off.</summary>
    public void Wait() => Wait(Timeout.Infinite);

    /// <summary>Waits until the count is above zero, and takes one off, or until the time is over.</summary>
    /// <returns>False if the time was over first.</returns>
    public bool Wait(int millisecondsTimeout)
    {
        if (CurrentCount == 0 && !WaitForRelease(Timeout.After(millisecondsTimeout)))
            return false;
        CurrentCount--;
        return true;
    }

    /// <summary>Adds one to the count.</summary>
    /// <returns>The count before.</returns>
    public int Release() => Release(1);

    /// <summary>Adds to the count.</summary>
    /// <returns>The count before.</returns>
    /// <exception cref="InvalidOperationException">The count would be above the greatest that was allowed.</exception>
    public int Release(int releaseCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(releaseCount, 1);
        int before = CurrentCount;
        if (releaseCount > maxCount - before)
            throw new InvalidOperationException("the semaphore was released more often than it may be");
        CurrentCount = before + releaseCount;
        for (int i = 0; i < releaseCount && _released.HasWaiters; i++)
            _released.WakeOne();
        return before;
    }

    /// <summary>Does nothing: there is nothing to give back.</summary>
    public void Dispose()
    {
    }

    // Another thread may come between the wake-up and the turn of the one that was woken, and take what it was woken for.
    private bool WaitForRelease(Instant deadline)
    {
        while (CurrentCount == 0)
        {
            if (!_released.Wait(deadline))
                return CurrentCount > 0;
        }

        return true;
    }
}
