namespace Guest.Core.Cpu;

/// <summary>What a counter showed at some moment between two readings of the time-stamp counter.</summary>
/// <param name="Before">The time-stamp counter before the counter was read (or told to keep its value for reading).</param>
/// <param name="After">The time-stamp counter after that.</param>
/// <param name="Value">What it showed, counting upwards.</param>
internal readonly record struct CounterReading(ulong Before, ulong After, uint Value)
{
    /// <summary>For how long it is unknown when the counter showed this.</summary>
    public ulong Width => After - Before;

    /// <summary>When, as near as can be told, the counter showed this.</summary>
    public ulong Middle => Before + (Width / 2);
}
