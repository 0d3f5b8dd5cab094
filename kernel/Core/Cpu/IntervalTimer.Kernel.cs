namespace Guest.Core.Cpu;

/// <summary>The 8254 interval timer's first channel: a known frequency by which to measure others.</summary>
/// <remarks>The count itself is read, not the speaker gate of port 0x61 that other kernels watch: a microvm has no such port.</remarks>
internal static class IntervalTimer
{
    private const ulong TicksPerSecond = 1_193_182;
    private const ushort Channel0 = 0x40;
    private const ushort Control = 0x43;
    private const byte CountDownLowHigh = 0x30;
    private const byte Latch = 0x00;

    private const int Start = 0xffff;
    private const int LeastTicks = 1_193;
    private const int PatienceInReads = 1_000_000;

    /// <summary>Counts how far the time-stamp counter and the APIC's timer get in about a millisecond.</summary>
    /// <returns>False if there is no such timer, or it does not run.</returns>
    public static bool TryMeasure(LocalApic apic, out ulong tscPerSecond, out ulong apicPerSecond)
    {
        Processor.Out8(Control, CountDownLowHigh);
        Processor.Out8(Channel0, Start & 0xff);
        Processor.Out8(Channel0, Start >> 8);

        apic.StartTimer(uint.MaxValue);
        int first = ReadCount();
        ulong before = Processor.ReadTsc();
        int passed = 0;
        int patience = PatienceInReads;
        while (passed < LeastTicks && --patience > 0)
            passed = first - ReadCount();
        ulong tscTicks = Processor.ReadTsc() - before;
        ulong apicTicks = uint.MaxValue - apic.TimerLeft();
        apic.StartTimer(0);

        // What never counts, or jumps, is not a timer: an absent device reads as all ones.
        if (passed is < LeastTicks or > LeastTicks * 20)
        {
            tscPerSecond = apicPerSecond = 0;
            return false;
        }

        tscPerSecond = tscTicks * TicksPerSecond / (ulong)passed;
        apicPerSecond = apicTicks * TicksPerSecond / (ulong)passed;
        return true;
    }

    private static int ReadCount()
    {
        Processor.Out8(Control, Latch);
        int low = Processor.In8(Channel0);
        return low | (Processor.In8(Channel0) << 8);
    }
}
