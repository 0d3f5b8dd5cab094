namespace Guest.Core.Time;

/// <summary>A source of monotonic time.</summary>
public abstract class Clock
{
    /// <summary>The time now.</summary>
    public abstract Instant Now { get; }

    /// <summary>Nanoseconds since 1970-01-01 UTC at <see cref="Instant.Zero"/>; 0 if the source does not know.</summary>
    public virtual long UtcNanosecondsAtZero => 0;
}
