namespace Guest.Core.Cpu;

/// <summary>Finds the frequencies of the time-stamp counter and of the APIC's timer, by the interval timer's, in about a millisecond.</summary>
/// <remarks>
/// A hypervisor may stop the processor anywhere in between, for longer than the whole measurement. So every reading of another
/// counter stands between two of the time-stamp counter, and how wide the widest of these gaps is tells what the result is worth. Where it
/// is a large part of the whole, all is done again, and the best attempt counts.
/// </remarks>
internal readonly struct TimerCalibration
{
    private const ulong IntervalTicksPerSecond = 1_193_182;
    private const int LeastTicks = 1_193;

    private const int PatienceInReads = 1_000_000;
    private const int MostAttempts = 200;

    // Doubt is the widest gap's part of the whole, in units of 1/1,024.
    private const ulong DoubtScale = 1024;
    private const ulong LittleDoubt = 32;
    private const ulong TooMuchDoubt = 512;

    private readonly ulong _doubt;

    private TimerCalibration(ulong tscPerSecond, ulong apicPerSecond, ulong doubt)
    {
        TscPerSecond = tscPerSecond;
        ApicPerSecond = apicPerSecond;
        _doubt = doubt;
    }

    /// <summary>The time-stamp counter's ticks in a second.</summary>
    public ulong TscPerSecond { get; }

    /// <summary>The APIC timer's ticks in a second.</summary>
    public ulong ApicPerSecond { get; }

    /// <summary>Measures, again and again where the processor was held up.</summary>
    /// <returns>False if there is no interval timer, or it does not run, or the processor hardly does.</returns>
    public static bool TryMeasure(ICalibratedTimers timers, out TimerCalibration best)
    {
        best = new(0, 0, TooMuchDoubt);
        for (int attempt = 0; attempt < MostAttempts && best._doubt > LittleDoubt; attempt++)
        {
            if (!TryOnce(timers, out TimerCalibration measured))
                return false;
            if (measured._doubt < best._doubt)
                best = measured;
        }

        return best._doubt < TooMuchDoubt;
    }

    private static bool TryOnce(ICalibratedTimers timers, out TimerCalibration measured)
    {
        timers.StartInterval();
        TscGaps gaps = new(timers.ReadTsc());
        ushort first = timers.ReadInterval();
        ulong start = gaps.Close(timers.ReadTsc());
        timers.StartApic();
        ulong apicStart = gaps.Close(timers.ReadTsc());

        // An absent timer reads as all ones, always. One that was stopped for so long that it came round again (55 ms) leaves a wide gap.
        ulong end = start;
        int passed = 0;
        for (int reads = 0; passed < LeastTicks && reads < PatienceInReads; reads++)
        {
            passed = (ushort)(first - timers.ReadInterval());
            end = gaps.Close(timers.ReadTsc());
        }

        uint apicTicks = uint.MaxValue - timers.ReadApic();
        ulong apicEnd = gaps.Close(timers.ReadTsc());
        measured = default;
        if (passed < LeastTicks || end <= start || apicEnd <= apicStart)
            return false;

        ulong tscPerSecond = (end - start) * IntervalTicksPerSecond / (ulong)passed;
        ulong apicPerSecond = apicTicks * tscPerSecond / (apicEnd - apicStart);
        measured = new(tscPerSecond, apicPerSecond, gaps.Widest / ((end - start) / DoubtScale + 1));
        return true;
    }

    /// <summary>Readings of the time-stamp counter, between each two of which something else was read.</summary>
    private struct TscGaps(ulong opened)
    {
        private ulong _opened = opened;

        /// <summary>The widest gap so far, in ticks.</summary>
        public ulong Widest { get; private set; }

        /// <summary>Ends a gap, and begins the next.</summary>
        /// <returns>Its middle: when, as near as can be told, the other thing was read.</returns>
        public ulong Close(ulong now)
        {
            ulong gap = now - _opened;
            ulong middle = _opened + (gap / 2);
            if (gap > Widest)
                Widest = gap;
            _opened = now;
            return middle;
        }
    }
}
