using Guest.Core;
using Guest.Core.Time;

namespace System.Threading;

/// <summary>Time-outs with a meaning of their own.</summary>
public static class Timeout
{
    /// <summary>No time-out.</summary>
    public const int Infinite = -1;

    /// <summary>The deadline that is a number of milliseconds away.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below <see cref="Infinite"/>.</exception>
    internal static Instant After(int milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, Infinite);
        return milliseconds == Infinite ? Instant.Never : Platform.Current.Now + Duration.FromMilliseconds(milliseconds);
    }
}
