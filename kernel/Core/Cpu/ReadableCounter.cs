namespace Guest.Core.Cpu;

/// <summary>A counter that runs at a steady pace and can be compared with the time-stamp counter.</summary>
internal abstract class ReadableCounter
{
    /// <summary>The ticks in a second; where just that is to be found, the most that there can be.</summary>
    public abstract ulong MostTicksPerSecond { get; }

    /// <summary>The largest value: behind it the counter begins again at 0.</summary>
    public abstract uint Mask { get; }

    /// <summary>Reads it.</summary>
    public abstract CounterReading Read();
}
