namespace Guest.Core.Cpu;

/// <summary>The timers of a machine of its own. The interval timer is the 8254's first channel.</summary>
/// <remarks>Its count itself is read, not the speaker gate of port 0x61 that other kernels watch: a microvm has no such port.</remarks>
internal sealed class X86Timers(LocalApic apic) : ICalibratedTimers
{
    private const ushort Channel0 = 0x40;
    private const ushort Control = 0x43;
    private const byte CountDownLowHigh = 0x30;
    private const byte Latch = 0x00;

    /// <inheritdoc/>
    public void StartInterval()
    {
        Processor.Out8(Control, CountDownLowHigh);
        Processor.Out8(Channel0, 0xff);
        Processor.Out8(Channel0, 0xff);
    }

    /// <inheritdoc/>
    public ushort ReadInterval()
    {
        Processor.Out8(Control, Latch);
        int low = Processor.In8(Channel0);
        return (ushort)(low | (Processor.In8(Channel0) << 8));
    }

    /// <inheritdoc/>
    public ulong ReadTsc() => Processor.ReadTsc();

    /// <inheritdoc/>
    public void StartApic() => apic.StartTimer(uint.MaxValue);

    /// <inheritdoc/>
    public uint ReadApic() => apic.TimerLeft();
}
