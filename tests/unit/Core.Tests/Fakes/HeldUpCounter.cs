using System;
using Guest.Core.Cpu;

namespace Guest.Core.Tests.Fakes;

/// <summary>A counter of a machine whose processor is held up between operations, as a busy host does to it.</summary>
/// <param name="ticksPerSecond">Its pace.</param>
/// <param name="bits">Its width.</param>
/// <param name="heldUp">Nanoseconds by which the operation of a number, from zero, is late.</param>
/// <param name="runs">Whether it runs at all.</param>
internal sealed class HeldUpCounter(ulong ticksPerSecond, int bits, Func<int, long> heldUp, bool runs = true) : ReadableCounter
{
    public const ulong TscPerSecond = 2_500_000_000;

    private const long CostOfOperation = 500;
    private const decimal NanosecondsInSecond = 1_000_000_000;

    private decimal _now = 1_000_000;

    /// <summary>How many operations there were: three a reading, the middle one of which is the counter's.</summary>
    public int Operations { get; private set; }

    /// <summary>Nanoseconds that have passed without those in which the processor was held up.</summary>
    public long Ran => Operations * CostOfOperation;

    public override ulong MostTicksPerSecond => ticksPerSecond;

    public override uint Mask => (uint)((1UL << bits) - 1);

    public override CounterReading Read()
    {
        ulong before = Ticks(TscPerSecond);
        uint value = runs ? (uint)(Ticks(ticksPerSecond) & Mask) : Mask;
        return new CounterReading(before, Ticks(TscPerSecond), value);
    }

    private ulong Ticks(ulong perSecond)
    {
        _now += CostOfOperation + heldUp(Operations++);
        return (ulong)(_now * perSecond / NanosecondsInSecond);
    }
}
