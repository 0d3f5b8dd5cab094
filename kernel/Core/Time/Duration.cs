namespace Guest.Core.Time;

/// <summary>A length of time in nanoseconds.</summary>
public readonly record struct Duration(long Nanoseconds)
{
    /// <summary>No time.</summary>
    public static Duration Zero => new(0);

    /// <summary>Whole microseconds, rounded down.</summary>
    public long Microseconds => Nanoseconds / 1_000;

    /// <summary>Whole milliseconds, rounded down.</summary>
    public long Milliseconds => Nanoseconds / 1_000_000;

    /// <summary>Whole seconds, rounded down.</summary>
    public long Seconds => Nanoseconds / 1_000_000_000;

    /// <summary>A number of microseconds.</summary>
    public static Duration FromMicroseconds(long microseconds) => new(microseconds * 1_000);

    /// <summary>A number of milliseconds.</summary>
    public static Duration FromMilliseconds(long milliseconds) => new(milliseconds * 1_000_000);

    /// <summary>A number of seconds.</summary>
    public static Duration FromSeconds(long seconds) => new(seconds * 1_000_000_000);

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator <(Duration a, Duration b) => a.Nanoseconds < b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator >(Duration a, Duration b) => a.Nanoseconds > b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator <=(Duration a, Duration b) => a.Nanoseconds <= b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator >=(Duration a, Duration b) => a.Nanoseconds >= b.Nanoseconds;
}
