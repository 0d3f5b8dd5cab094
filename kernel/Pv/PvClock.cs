using System.Threading;

namespace Guest.Pv;

/// <summary>The arithmetic of a paravirtual clock, the same under Xen and KVM.</summary>
public static unsafe class PvClock
{
    /// <summary>Reads the hypervisor's time in nanoseconds, consistently: again while the hypervisor writes.</summary>
    /// <param name="info">The record that the hypervisor updates.</param>
    /// <param name="readTimestamp">Reads this processor's cycle counter.</param>
    public static long Read(PvClockTimeInfo* info, delegate*<ulong> readTimestamp)
    {
        while (true)
        {
            uint version = Volatile.Read(ref info->Version);
            ulong then = Volatile.Read(ref info->TscTimestamp);
            ulong system = Volatile.Read(ref info->SystemTime);
            uint multiplier = Volatile.Read(ref info->TscToSystemMul);
            sbyte shift = Volatile.Read(ref info->TscShift);
            ulong now = readTimestamp();
            if ((version & 1) == 0 && Volatile.Read(ref info->Version) == version)
                return (long)system + Scale(now > then ? now - then : 0, multiplier, shift);
        }
    }

    /// <summary>Converts cycles to nanoseconds: <c>((cycles &lt;&lt; shift) * multiplier) &gt;&gt; 32</c> without losing high bits.</summary>
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
