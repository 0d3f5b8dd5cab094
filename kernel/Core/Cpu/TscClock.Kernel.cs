using Guest.Core.Time;

namespace Guest.Core.Cpu;

/// <summary>The time-stamp counter, at a frequency that was measured or told.</summary>
public sealed class TscClock(ulong tscAtZero, CounterScale scale) : Clock
{
    /// <inheritdoc/>
    public override Instant Now => new(scale.ToNanoseconds(X86.ReadTsc() - tscAtZero));
}
