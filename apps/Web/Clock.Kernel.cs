using Guest.Core;
using Guest.Core.Time;

namespace Web;

internal static partial class Clock
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static partial long ReadMilliseconds() => SinceStart / NanosecondsPerMillisecond;

    private static partial long ReadUnixSeconds() =>
        Platform.Current.UtcNanosecondsAtZero is > 0 and long start ? (start + SinceStart) / NanosecondsPerSecond : 0;

    private static long SinceStart => (Platform.Current.Now - Instant.Zero).Nanoseconds;
}
