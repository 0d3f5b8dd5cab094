using Guest.Core;
using Guest.Core.Time;

namespace System.Net.Sockets;

/// <summary>How long a sender waits for a device that is full: up to 100 ms, asking again every 50 microseconds.</summary>
internal readonly struct DevicePatience
{
    private static readonly Duration s_retry = Duration.FromMicroseconds(50);
    private static readonly Duration s_patience = Duration.FromMilliseconds(100);

    private readonly Instant _end;

    private DevicePatience(Instant end) => _end = end;

    /// <summary>Begins to wait.</summary>
    public static DevicePatience Begin() => new(Platform.Current.Now + s_patience);

    /// <summary>Lets others run for a while.</summary>
    /// <returns>False if that was long enough.</returns>
    public bool TryWait()
    {
        Instant now = Platform.Current.Now;
        if (now >= _end)
            return false;
        Processor.Current.Scheduler.Sleep(now + s_retry);
        return true;
    }
}
