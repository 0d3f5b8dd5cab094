using System;
using FsCheck.Xunit;
using Guest.Core.Cpu;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

public sealed class TimerCalibrationTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void An_undisturbed_machine_is_measured_once_in_about_a_millisecond()
    {
        HeldUpTimers timers = new(_ => 0);

        AssertRight(timers, within: 0.01);
        Assert.InRange(timers.Operations, 900, 1_200);
    }

    // The first operations: start the interval timer, read the time-stamp counter, the interval timer, the time-stamp counter, start
    // the APIC's timer, read the time-stamp counter; then the interval timer and the time-stamp counter in turns.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(500)]
    public void A_processor_that_is_held_up_once_at_any_place_for_any_time_is_measured_again(int at)
    {
        // 55 ms: the interval timer comes round to where it was.
        foreach (long held in (long[])[Millisecond / 2, Millisecond, 10 * Millisecond, 55 * Millisecond, 70 * Millisecond, 5_000 * Millisecond])
            AssertRight(new HeldUpTimers(operation => operation == at ? held : 0), within: 0.04);
    }

    [Property]
    public void A_machine_that_is_held_up_here_and_there_is_measured_rightly(int seed)
    {
        Random random = new(seed);

        AssertRight(new HeldUpTimers(_ => random.Next(1_000) == 0 ? random.Next((int)(80 * Millisecond)) : 0), within: 0.04);
    }

    [Fact]
    public void A_machine_whose_every_port_takes_long_is_measured_as_well_as_can_be() =>
        AssertRight(new HeldUpTimers(_ => Millisecond / 20), within: 0.1);

    [Fact]
    public void An_absent_timer_is_noticed() =>
        Assert.False(TimerCalibration.TryMeasure(new HeldUpTimers(_ => 0, present: false), out _));

    private static void AssertRight(HeldUpTimers timers, double within)
    {
        Assert.True(TimerCalibration.TryMeasure(timers, out TimerCalibration calibration));
        Assert.InRange(calibration.TscPerSecond / (double)HeldUpTimers.TscPerSecond, 1 - within, 1 + within);
        Assert.InRange(calibration.ApicPerSecond / (double)HeldUpTimers.ApicPerSecond, 1 - within, 1 + within);
    }
}
