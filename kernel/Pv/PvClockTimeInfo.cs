using System.Runtime.InteropServices;

namespace Guest.Pv;

/// <summary>How a hypervisor lets a guest tell the time from its own cycle counter: Xen's <c>vcpu_time_info</c> (xen.h), which KVM's
/// <c>pvclock_vcpu_time_info</c> repeats field by field.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PvClockTimeInfo
{
    /// <summary>Odd while the hypervisor writes the other fields; changed by each write.</summary>
    public uint Version;

    private readonly uint _pad0;

    /// <summary>The cycle counter at the last write, in cycles.</summary>
    public ulong TscTimestamp;

    /// <summary>The hypervisor's time at <see cref="TscTimestamp"/>, in nanoseconds.</summary>
    public ulong SystemTime;

    /// <summary>Nanoseconds a cycle (after the shift), times 2^32.</summary>
    public uint TscToSystemMul;

    /// <summary>By how many bits the cycles are shifted left before the multiplication; negative: right.</summary>
    public sbyte TscShift;

    /// <summary>Bit 0: the clocks of all processors agree. Bit 1: the guest was stopped.</summary>
    public byte Flags;

    private readonly ushort _pad1;
}
