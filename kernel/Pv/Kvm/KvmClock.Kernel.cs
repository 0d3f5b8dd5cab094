using System.Runtime.InteropServices;
using Guest.Core.Cpu;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Pv.Kvm;

/// <summary>The clock that KVM keeps for a guest in a page that they share (Linux, Documentation/virt/kvm/x86/msr.rst).</summary>
public sealed unsafe class KvmClock : Clock
{
    private const uint FeaturesLeaf = 1;
    private const uint NewMsrs = 1 << 3;
    private const uint WallClockMsr = 0x4b56_4d00;
    private const uint SystemTimeMsr = 0x4b56_4d01;
    private const ulong Enable = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _zero;
    private PvClockReader _reader;

    private KvmClock(PvClockTimeInfo* time, WallClock* wall, ulong tscAtEntry)
    {
        _reader = new PvClockReader(time, &X86.ReadTsc);
        // The clock ran before the kernel was entered: what its own rule says of the counter's value at entry is zero here.
        _zero = _reader.Now - PvClock.Scale(
            X86.ReadTsc() - tscAtEntry, time->TscToSystemMul, time->TscShift);
        TscPerSecond = PvClock.FrequencyKilohertz(time->TscToSystemMul, time->TscShift) * 1000;
        UtcNanosecondsAtZero = (wall->Seconds * NanosecondsPerSecond) + wall->Nanoseconds + _zero;
    }

    /// <inheritdoc/>
    public override Instant Now => new(_reader.Now - _zero);

    /// <inheritdoc/>
    public override long UtcNanosecondsAtZero { get; }

    /// <summary>The time-stamp counter's ticks in a second, by the multiplier with which the clock is read.</summary>
    public ulong TscPerSecond { get; }

    /// <summary>Sets the clock up, or returns null where there is no KVM or it does not offer one.</summary>
    /// <param name="tscAtEntry">The time-stamp counter's value that is to be <see cref="Instant.Zero"/>.</param>
    public static KvmClock? TryOpen(ulong tscAtEntry)
    {
        HypervisorIdentity hypervisor = ProcessorIdentity.Hypervisor;
        if (hypervisor.Kind != HypervisorKind.Kvm || (X86.CpuId(hypervisor.FirstLeaf + FeaturesLeaf).Eax & NewMsrs) == 0)
            return null;

        PvClockTimeInfo* time = (PvClockTimeInfo*)DeviceMemory.AllocatePages(1);
        WallClock* wall = (WallClock*)(time + 1);
        X86.WriteMsr(SystemTimeMsr, DeviceMemory.AddressOf(time) | Enable);
        X86.WriteMsr(WallClockMsr, DeviceMemory.AddressOf(wall));
        return time->TscToSystemMul == 0 ? null : new KvmClock(time, wall, tscAtEntry);
    }

    /// <summary>struct pvclock_wall_clock: the wall clock's time when the system time was zero. KVM writes it once, when asked.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WallClock
    {
        public uint Version;
        public uint Seconds;
        public uint Nanoseconds;
    }
}
