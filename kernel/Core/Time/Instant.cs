using System.Runtime.CompilerServices;

namespace Guest.Core.Time;

/// <summary>A point on the machine's monotonic clock: nanoseconds since the kernel was entered.</summary>
/// <remarks>It never goes back. <see cref="Never"/> is later than every instant that will come, so that
/// "the earlier of two deadlines" needs no special case.</remarks>
public readonly record struct Instant(long Nanoseconds)
{
    /// <summary>The entry of the kernel.</summary>
    public static Instant Zero => new(0);

    /// <summary>A deadline that does not come.</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>Whether this is <see cref="Never"/>.</summary>
    public bool IsNever => Nanoseconds == long.MaxValue;

    /// <summary>The earlier of two deadlines.</summary>
    public static Instant Earlier(Instant a, Instant b) => a.Nanoseconds <= b.Nanoseconds ? a : b;

    /// <summary>Whether two are the same: in place, where a record would ask a comparer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Instant other) => Nanoseconds == other.Nanoseconds;

    /// <inheritdoc/>
    public override int GetHashCode() => Nanoseconds.GetHashCode();

    /// <summary>Adds a duration; <see cref="Never"/> stays never, and a sum past the end becomes never.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Instant operator +(Instant instant, Duration duration)
    {
        long sum = unchecked(instant.Nanoseconds + duration.Nanoseconds);
        return instant.IsNever || (duration.Nanoseconds > 0 && sum < instant.Nanoseconds) ? Never : new(sum);
    }

    /// <summary>The time that passed from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Duration operator -(Instant later, Instant earlier) => new(later.Nanoseconds - earlier.Nanoseconds);

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator <(Instant a, Instant b) => a.Nanoseconds < b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator >(Instant a, Instant b) => a.Nanoseconds > b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator <=(Instant a, Instant b) => a.Nanoseconds <= b.Nanoseconds;

    /// <inheritdoc cref="Nanoseconds"/>
    public static bool operator >=(Instant a, Instant b) => a.Nanoseconds >= b.Nanoseconds;
}
