using System.Runtime.CompilerServices;

namespace Guest.Pv;

/// <summary>The arithmetic of a paravirtual clock, the same under Xen and KVM.</summary>
public static class PvClock
{
    /// <summary>Converts cycles to nanoseconds: <c>((cycles &lt;&lt; shift) * multiplier) &gt;&gt; 32</c> without losing high bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Scale(ulong cycles, uint multiplier, sbyte shift)
    {
        cycles = shift >= 0 ? cycles << shift : cycles >> -shift;
        ulong high = (cycles >> 32) * multiplier;
        ulong low = (uint)cycles * (ulong)multiplier;
        return (long)(high + (low >> 32));
    }

    /// <summary>The cycle counter's frequency in kHz, as the record implies it; 0 if it says nothing yet.</summary>
    public static ulong FrequencyKilohertz(uint multiplier, sbyte shift)
    {
        if (multiplier == 0)
            return 0;
        ulong frequency = (1_000_000UL << 32) / multiplier;
        return shift >= 0 ? frequency >> shift : frequency << -shift;
    }
}
