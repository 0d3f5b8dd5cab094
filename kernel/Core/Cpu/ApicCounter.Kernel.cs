namespace Guest.Core.Cpu;

/// <summary>The APIC's timer as a counter, while it counts down from its largest value without an interrupt at zero.</summary>
internal sealed class ApicCounter : ReadableCounter
{
    private readonly LocalApic _apic;

    /// <summary>Starts it.</summary>
    /// <param name="apic">The APIC.</param>
    /// <param name="mostTicksPerSecond">Its ticks in a second; where they are to be found, the most that there can be.</param>
    public ApicCounter(LocalApic apic, ulong mostTicksPerSecond)
    {
        _apic = apic;
        MostTicksPerSecond = mostTicksPerSecond;
        apic.StartTimer(uint.MaxValue);
    }

    /// <inheritdoc/>
    public override ulong MostTicksPerSecond { get; }

    /// <inheritdoc/>
    public override uint Mask => uint.MaxValue;

    /// <inheritdoc/>
    public override CounterReading Read()
    {
        ulong before = X86.ReadTsc();
        uint left = _apic.TimerLeft();
        return new CounterReading(before, X86.ReadTsc(), ~left);
    }
}
