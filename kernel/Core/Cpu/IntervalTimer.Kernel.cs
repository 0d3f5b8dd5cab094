namespace Guest.Core.Cpu;

/// <summary>The first channel of a PC's interval timer (Intel 8254).</summary>
/// <remarks>Its count itself is read, not the speaker gate of port 0x61 that other kernels watch: a microvm has no such port. The count is that
/// of the moment in which it is told to keep it for reading.</remarks>
internal sealed class IntervalTimer : ReadableCounter
{
    private const ushort Channel0 = 0x40;
    private const ushort Control = 0x43;
    private const byte CountDownLowHigh = 0x30;
    private const byte Latch = 0x00;

    /// <summary>Lets it count down from its largest value, and on below zero.</summary>
    public IntervalTimer()
    {
        X86.Out8(Control, CountDownLowHigh);
        X86.Out8(Channel0, 0xff);
        X86.Out8(Channel0, 0xff);
    }

    /// <inheritdoc/>
    public override ulong MostTicksPerSecond => 1_193_182;

    /// <inheritdoc/>
    public override uint Mask => 0xffff;

    /// <inheritdoc/>
    public override CounterReading Read()
    {
        ulong before = X86.ReadTsc();
        X86.Out8(Control, Latch);
        ulong after = X86.ReadTsc();
        uint low = X86.In8(Channel0);
        uint left = low | ((uint)X86.In8(Channel0) << 8);
        return new CounterReading(before, after, ~left & Mask);
    }
}
