using System.Runtime.CompilerServices;
using System.Threading;

namespace Guest.Pv;

/// <summary>Reads one paravirtual clock often: keeps a copy of the record and looks only whether it is still the present one.</summary>
/// <param name="info">The record that the hypervisor updates; must stay where it is.</param>
/// <param name="readTimestamp">Reads this processor's cycle counter.</param>
public unsafe struct PvClockReader(PvClockTimeInfo* info, delegate*<ulong> readTimestamp)
{
    /// <summary>The version of the copy. Odd, which no complete record is, while there is none.</summary>
    private uint _version = 1;

    private ulong _then;
    private ulong _system;
    private uint _multiplier;
    private sbyte _shift;

    /// <summary>The hypervisor's time in nanoseconds.</summary>
    public long Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // In this order: if the version is the copy's after the counter was read, the copy was right when it was read.
            ulong now = readTimestamp();
            return Volatile.Read(ref info->Version) == _version ? At(now) : Reread();
        }
    }

    private long Reread()
    {
        while (true)
        {
            _version = Volatile.Read(ref info->Version);
            _then = Volatile.Read(ref info->TscTimestamp);
            _system = Volatile.Read(ref info->SystemTime);
            _multiplier = Volatile.Read(ref info->TscToSystemMul);
            _shift = Volatile.Read(ref info->TscShift);
            ulong now = readTimestamp();
            if ((_version & 1) == 0 && Volatile.Read(ref info->Version) == _version)
                return At(now);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long At(ulong timestamp) =>
        (long)_system + PvClock.Scale(timestamp > _then ? timestamp - _then : 0, _multiplier, _shift);
}
