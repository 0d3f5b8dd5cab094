namespace Guest.Core.Cpu;

/// <summary>Compares a counter's pace with the time-stamp counter's, in as little time as the readings allow.</summary>
/// <remarks>
/// A hypervisor may stop the processor anywhere, for longer than all of this takes. Only two readings count, the first and the last: how long
/// each of them took tells how far the result may be off, and the longer the time between them, the less. So the first reading is exchanged
/// for a later one that took much less, readings between may take what they like, and the last is the first that makes the doubt small. Where
/// the processor was away for so long that the counter may have come round, all begins anew.
/// </remarks>
/// <param name="Ticks">What the counter counted.</param>
/// <param name="TscTicks">What the time-stamp counter counted meanwhile.</param>
internal readonly record struct CounterComparison(ulong Ticks, ulong TscTicks)
{
    /// <summary>Both the unknown moments of the two readings and the counter's own steps make up at most this part of the whole: a thousandth.</summary>
    private const ulong LittleDoubt = 1024;

    /// <summary>No x86-64 processor's time-stamp counter is slower: so many ticks of it take at most a second.</summary>
    private const ulong SlowestTsc = 500_000_000;

    /// <summary>A counter whose value stays the same for so many readings does not run, or is not there.</summary>
    private const int PatienceWithoutChange = 10_000;

    private const int PatienceInReads = 200_000;

    /// <summary>Compares with a counter.</summary>
    /// <returns>False if there is no such counter, or it does not run, or the processor hardly does.</returns>
    public static bool TryMake(ReadableCounter counter, out CounterComparison comparison)
    {
        ulong mostTscTicks = Scale(counter.Mask / 2, SlowestTsc, counter.MostTicksPerSecond);
        CounterReading first = counter.Read();
        CounterReading last = first;
        ulong ticks = 0;
        int unchanged = 0;
        for (int reads = 0; reads < PatienceInReads && unchanged < PatienceWithoutChange; reads++)
        {
            CounterReading now = counter.Read();
            ulong passed = (now.Value - last.Value) & counter.Mask;
            unchanged = passed == 0 ? unchanged + 1 : 0;
            ticks += passed;
            bool mayHaveComeRound = now.After - last.Before > mostTscTicks;
            last = now;
            if (mayHaveComeRound || now.Width < first.Width / 2)
            {
                first = now;
                ticks = 0;
                continue;
            }

            comparison = new CounterComparison(ticks, last.Middle - first.Middle);
            if (ticks >= LittleDoubt && (first.Width + last.Width) / 2 <= comparison.TscTicks / LittleDoubt)
                return true;
        }

        comparison = default;
        return false;
    }

    /// <summary>The time-stamp counter's ticks in a second, by a counter whose pace is known.</summary>
    public ulong TscPerSecond(ulong ticksPerSecond) => Scale(ticksPerSecond, TscTicks, Ticks);

    /// <summary>The counter's ticks in a second, where the time-stamp counter's are known.</summary>
    public ulong TicksPerSecond(ulong tscPerSecond) => Scale(tscPerSecond, Ticks, TscTicks);

    /// <summary>value * numerator / denominator: no product of what is measured here reaches 2^64.</summary>
    private static ulong Scale(ulong value, ulong numerator, ulong denominator) =>
        (value / denominator * numerator) + (value % denominator * numerator / denominator);
}
