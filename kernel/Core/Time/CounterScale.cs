namespace Guest.Core.Time;

/// <summary>Turns ticks of a counter of known frequency into nanoseconds and back, by one multiplication each.</summary>
public readonly struct CounterScale
{
    private readonly ulong _nanosecondsPerTick32;
    private readonly ulong _ticksPerNanosecond32;

    /// <summary>A counter that makes <paramref name="ticksPerSecond"/> ticks a second.</summary>
    public CounterScale(ulong ticksPerSecond)
    {
        TicksPerSecond = ticksPerSecond;
        _nanosecondsPerTick32 = Ratio32(1_000_000_000, ticksPerSecond);
        _ticksPerNanosecond32 = Ratio32(ticksPerSecond, 1_000_000_000);
    }

    /// <summary>The frequency.</summary>
    public ulong TicksPerSecond { get; }

    /// <summary>Nanoseconds in a number of ticks, rounded down.</summary>
    public long ToNanoseconds(ulong ticks) => (long)Multiply(ticks, _nanosecondsPerTick32);

    /// <summary>Ticks in a number of nanoseconds, rounded down.</summary>
    public ulong ToTicks(long nanoseconds) => Multiply((ulong)nanoseconds, _ticksPerNanosecond32);

    /// <summary>value * ratio / 2^32 without losing high bits: the clock is read in every pass of the run loop, and a 128-bit
    /// product would cost it a call.</summary>
    private static ulong Multiply(ulong value, ulong ratio32)
    {
        ulong fraction = (uint)ratio32;
        return (value * (ratio32 >> 32)) + ((value >> 32) * fraction) + (((uint)value * fraction) >> 32);
    }

    /// <summary>numerator * 2^32 / denominator for numbers up to 2^40.</summary>
    private static ulong Ratio32(ulong numerator, ulong denominator)
    {
        ulong whole = numerator / denominator;
        ulong rest = numerator % denominator;
        ulong upper = (rest << 16) / denominator;
        ulong lower = (((rest << 16) % denominator) << 16) / denominator;
        return (whole << 32) | (upper << 16) | lower;
    }
}
