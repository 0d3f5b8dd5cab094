namespace Guest.Core.Cpu;

/// <summary>The 8254 interval timer's third channel: a known frequency by which to measure others.</summary>
internal static class IntervalTimer
{
    private const ulong TicksPerSecond = 1_193_182;
    private const ushort Channel2 = 0x42;
    private const ushort Control = 0x43;
    private const ushort Gate = 0x61;
    private const byte OneShotLowHigh = 0xb0;
    private const byte OutputHigh = 1 << 5;

    private const int MeasuredTicks = 1_193;
    private const int PatienceInReads = 10_000_000;

    /// <summary>Counts how far the time-stamp counter gets, and optionally the APIC's timer, in one millisecond.</summary>
    /// <returns>False if there is no such timer, or it does not run.</returns>
    public static bool TryMeasure(LocalApic apic, out ulong tscPerSecond, out ulong apicPerSecond)
    {
        byte gate = (byte)(Processor.In8(Gate) & ~3);
        Processor.Out8(Gate, gate);
        Processor.Out8(Control, OneShotLowHigh);
        Processor.Out8(Channel2, MeasuredTicks & 0xff);
        Processor.Out8(Channel2, MeasuredTicks >> 8);

        apic.StartTimer(uint.MaxValue);
        Processor.Out8(Gate, (byte)(gate | 1));
        ulong before = Processor.ReadTsc();
        int patience = PatienceInReads;
        while ((Processor.In8(Gate) & OutputHigh) == 0 && --patience > 0)
        {
        }

        ulong ticks = Processor.ReadTsc() - before;
        ulong apicTicks = uint.MaxValue - apic.TimerLeft();
        apic.StartTimer(0);
        tscPerSecond = ticks * TicksPerSecond / MeasuredTicks;
        apicPerSecond = apicTicks * TicksPerSecond / MeasuredTicks;
        return patience > 0 && ticks > 1000;
    }
}
