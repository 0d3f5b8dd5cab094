using System;
using Guest.Core.Diagnostics;
using Guest.Core.Power;

namespace Guest.Core.Cpu;

/// <summary>Finds the frequencies of the time-stamp counter and of the APIC's timer: by what is told where somebody tells them, else by whichever
/// timer of known frequency the board has.</summary>
/// <param name="platform">Leads to the registers.</param>
/// <param name="apic">The APIC, whose timer is used for the while.</param>
/// <param name="acpi">The board's description, or null.</param>
/// <param name="power">The board's power registers, among which is a timer, or null.</param>
internal sealed class X86Frequencies(Platform platform, LocalApic apic, Acpi? acpi, AcpiPower? power)
{
    private const ulong FastestApic = 1_000_000_000;

    private const ulong PmTimerTicksPerSecond = 3_579_545;
    private const uint PmTimerMask = 0xff_ffff;

    private const int HpetAddressOffset = 40;
    private const ulong HpetBytes = 1024;
    private const int HpetPeriod = 0x04;
    private const int HpetConfiguration = 0x10;
    private const int HpetMainCounter = 0xf0;
    private const uint HpetEnable = 1;
    private const uint HpetLongestPeriod = 100_000_000;
    private const ulong FemtosecondsInSecond = 1_000_000_000_000_000;

    private readonly PathCounters _counters = new("timers");

    /// <summary>Finds both.</summary>
    /// <param name="toldByClock">The time-stamp counter's ticks in a second by a clock that the hypervisor keeps; 0 if there is none.</param>
    /// <param name="tscPerSecond">The time-stamp counter's ticks in a second.</param>
    /// <param name="apicPerSecond">The ticks in a second of the APIC's timer; 0 if it is not needed, because the processor has the other kind.</param>
    /// <returns>False if nothing tells and nothing runs that could be compared with.</returns>
    public bool TryFind(ulong toldByClock, out ulong tscPerSecond, out ulong apicPerSecond)
    {
        ToldFrequencies told = ToldFrequencies.Read(new ProcessorIdentity(), ProcessorIdentity.Hypervisor);
        tscPerSecond = toldByClock != 0 ? toldByClock : told.TscPerSecond;
        apicPerSecond = told.ApicPerSecond / LocalApic.TimerDivisor;
        if (tscPerSecond == 0 && !TryMeasureTsc(apicPerSecond, out tscPerSecond))
            return false;
        if (apic.HasTscDeadline || apicPerSecond != 0)
            return true;
        if (!CounterComparison.TryMake(new ApicCounter(apic, FastestApic), out CounterComparison comparison))
            return false;
        apicPerSecond = comparison.TicksPerSecond(tscPerSecond);
        return true;
    }

    private bool TryMeasureTsc(ulong apicPerSecond, out ulong tscPerSecond) =>
        (apicPerSecond != 0 && TryMeasureTsc(new ApicCounter(apic, apicPerSecond), out tscPerSecond))
        || TryMeasureTsc(OpenPmTimer(), out tscPerSecond)
        || TryMeasureTsc(OpenHpet(), out tscPerSecond)
        || TryMeasureTsc(new IntervalTimer(), out tscPerSecond);

    private static bool TryMeasureTsc(ReadableCounter? counter, out ulong tscPerSecond)
    {
        tscPerSecond = 0;
        if (counter is null || !CounterComparison.TryMake(counter, out CounterComparison comparison))
            return false;
        tscPerSecond = comparison.TscPerSecond(counter.MostTicksPerSecond);
        return tscPerSecond != 0;
    }

    private RegisterCounter? OpenPmTimer() =>
        power?.Fadt.PmTimer.Open(platform, sizeof(uint), _counters) is { } window
            ? new RegisterCounter(window, 0, PmTimerMask, PmTimerTicksPerSecond)
            : null;

    private RegisterCounter? OpenHpet()
    {
        ReadOnlySpan<byte> table = acpi is null ? default : acpi.Find("HPET"u8);
        if (table.Length < HpetAddressOffset + GenericAddress.Size
            || GenericAddress.Read(table[HpetAddressOffset..]).Open(platform, HpetBytes, _counters) is not { } window)
        {
            return null;
        }

        uint period = window.Read32(HpetPeriod);
        if (period is 0 or > HpetLongestPeriod)
            return null;
        window.Write32(HpetConfiguration, window.Read32(HpetConfiguration) | HpetEnable);
        return new RegisterCounter(window, HpetMainCounter, uint.MaxValue, FemtosecondsInSecond / period);
    }
}
