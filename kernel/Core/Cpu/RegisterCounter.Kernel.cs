namespace Guest.Core.Cpu;

/// <summary>A counter that one register shows: ACPI's timer (ACPI 6.5, 4.8.2.3) and the HPET's main counter (IA-PC HPET 1.0a, 2.3.7).</summary>
internal sealed class RegisterCounter(RegisterWindow registers, int offset, uint mask, ulong ticksPerSecond) : ReadableCounter
{
    /// <inheritdoc/>
    public override ulong MostTicksPerSecond => ticksPerSecond;

    /// <inheritdoc/>
    public override uint Mask => mask;

    /// <inheritdoc/>
    public override CounterReading Read()
    {
        ulong before = X86.ReadTsc();
        uint value = registers.Read32(offset);
        return new CounterReading(before, X86.ReadTsc(), value & mask);
    }
}
