using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>The processor's interrupt controller and timer (Intel SDM vol. 3, chapter 11): x2APIC by MSRs where the processor has it,
/// else xAPIC by its page of registers.</summary>
internal sealed class LocalApic
{
    /// <summary>The vector of interrupts that went away before they were taken.</summary>
    public const int SpuriousVector = 255;

    /// <summary>By how much the timer divides its bus's or crystal's ticks.</summary>
    public const ulong TimerDivisor = 16;

    private const uint ApicBaseMsr = 0x1b;
    private const uint X2ApicFirstMsr = 0x800;
    private const uint TscDeadlineMsr = 0x6e0;
    private const ulong GlobalEnable = 1 << 11;
    private const ulong X2ApicEnable = 1 << 10;

    private const int Id = 0x20;
    private const int TaskPriority = 0x80;
    private const int EndOfInterruptRegister = 0xb0;
    private const int SpuriousInterrupt = 0xf0;
    private const int TimerEntry = 0x320;
    private const int Line0Entry = 0x350;
    private const int Line1Entry = 0x360;
    private const int ErrorEntry = 0x370;
    private const int InitialCount = 0x380;
    private const int CurrentCount = 0x390;
    private const int DivideConfiguration = 0x3e0;

    private const uint SoftwareEnable = 1 << 8;
    private const uint Masked = 1 << 16;
    private const uint TscDeadlineMode = 2 << 17;
    private const uint DivideBy16 = 3;

    private readonly RegisterWindow? _registers;
    private readonly PathCounters _counters;

    /// <summary>Enables the controller, everything masked.</summary>
    public LocalApic(Platform platform, PathCounters counters)
    {
        _counters = counters;
        CpuIdResult features = X86.CpuId(1);
        ulong setting = X86.ReadMsr(ApicBaseMsr) | GlobalEnable;
        if ((features.Ecx & (1 << 21)) != 0)
            setting |= X2ApicEnable;
        else
            _registers = platform.OpenMemory(platform.MapDevice(setting & 0x000f_ffff_ffff_f000, 4096), counters);
        X86.WriteMsr(ApicBaseMsr, setting);
        HasTscDeadline = (features.Ecx & (1 << 24)) != 0;

        Write(TaskPriority, 0);
        Write(Line0Entry, Masked);
        Write(Line1Entry, Masked);
        Write(ErrorEntry, Masked);
        Write(TimerEntry, Masked);
        Write(DivideConfiguration, DivideBy16);
        Write(SpuriousInterrupt, SoftwareEnable | SpuriousVector);
    }

    /// <summary>Whether the timer can be set to a value of the time-stamp counter.</summary>
    public bool HasTscDeadline { get; }

    /// <summary>Where message-signalled interrupts for this processor go (Intel SDM vol. 3, 11.11.1).</summary>
    public ulong MessageAddress
    {
        get
        {
            uint id = Read(Id);
            return 0xfee0_0000UL | ((_registers is null ? id : id >> 24) & 0xff) << 12;
        }
    }

    /// <summary>Lets the timer interrupt on a vector; <see cref="StartTimer"/> or <see cref="StartTimerAtTsc"/> sets it off.</summary>
    public void ConnectTimer(int vector) => Write(TimerEntry, (uint)vector | (HasTscDeadline ? TscDeadlineMode : 0));

    /// <summary>One interrupt after a count of the timer's own ticks; 0 stops it.</summary>
    public void StartTimer(uint ticks) => Write(InitialCount, ticks);

    /// <summary>What is left of the count.</summary>
    public uint TimerLeft() => Read(CurrentCount);

    /// <summary>One interrupt when the time-stamp counter reaches a value.</summary>
    public static void StartTimerAtTsc(ulong tsc) => X86.WriteMsr(TscDeadlineMsr, tsc);

    /// <summary>The interrupt in service is done.</summary>
    public void EndOfInterrupt() => Write(EndOfInterruptRegister, 0);

    private uint Read(int register)
    {
        if (_registers is not null)
            return _registers.Read32(register);
        _counters.Count(PathEvent.RegisterRead);
        return (uint)X86.ReadMsr(X2ApicFirstMsr + (uint)(register >> 4));
    }

    private void Write(int register, uint value)
    {
        if (_registers is not null)
        {
            _registers.Write32(register, value);
            return;
        }

        _counters.Count(PathEvent.RegisterWrite);
        X86.WriteMsr(X2ApicFirstMsr + (uint)(register >> 4), value);
    }
}
