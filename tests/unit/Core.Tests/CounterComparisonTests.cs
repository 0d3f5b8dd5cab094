using System;
using FsCheck.Xunit;
using Guest.Core.Cpu;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

public sealed class CounterComparisonTests
{
    private const long Millisecond = 1_000_000;
    private const ulong IntervalTimer = 1_193_182;
    private const ulong PmTimer = 3_579_545;
    private const ulong Apic = 62_500_000;

    [Theory]
    [InlineData(IntervalTimer, 16)]
    [InlineData(PmTimer, 24)]
    [InlineData(Apic, 32)]
    [InlineData(1_000_000_000UL, 32)]
    public void An_undisturbed_machine_is_measured_in_about_a_millisecond(ulong ticksPerSecond, int bits)
    {
        HeldUpCounter counter = new(ticksPerSecond, bits, _ => 0);

        AssertRight(counter, within: 0.002);
        Assert.InRange(counter.Ran, 0, 3 * Millisecond / 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(500)]
    [InlineData(1_000)]
    public void A_processor_that_is_held_up_once_at_any_place_for_any_time_is_measured_rightly(int at)
    {
        // 55 ms: the interval timer comes round to where it was.
        foreach (long held in (long[])[Millisecond / 2, Millisecond, 10 * Millisecond, 55 * Millisecond, 70 * Millisecond, 5_000 * Millisecond])
        {
            HeldUpCounter counter = new(IntervalTimer, 16, operation => operation == at ? held : 0);
            AssertRight(counter, within: 0.002);
            Assert.InRange(counter.Ran, 0, 3 * Millisecond);
        }
    }

    [Property]
    public void A_machine_that_is_held_up_here_and_there_is_measured_rightly(int seed)
    {
        Random random = new(seed);

        AssertRight(new HeldUpCounter(IntervalTimer, 16, _ => random.Next(1_000) == 0 ? random.Next((int)(80 * Millisecond)) : 0), within: 0.002);
    }

    // Only the first and the last reading matter: between them the processor may be away as often as it likes.
    [Property]
    public void Short_delays_at_every_third_operation_do_not_make_it_longer_than_it_must_be(int seed)
    {
        Random random = new(seed);
        HeldUpCounter counter = new(IntervalTimer, 16, _ => random.Next(3) == 0 ? random.Next(100_000) : 0);

        AssertRight(counter, within: 0.002);
        Assert.InRange(counter.Operations, 0, 3_000);
    }

    [Fact]
    public void A_machine_whose_every_port_takes_long_is_measured_for_longer()
    {
        HeldUpCounter counter = new(IntervalTimer, 16, _ => Millisecond / 20);

        AssertRight(counter, within: 0.002);
        Assert.InRange(counter.Operations, 0, 10_000);
    }

    [Fact]
    public void A_counter_that_does_not_run_is_given_up()
    {
        HeldUpCounter counter = new(PmTimer, 24, _ => 0, runs: false);

        Assert.False(CounterComparison.TryMake(counter, out _));
        Assert.InRange(counter.Operations, 1, 100_000);
    }

    [Fact]
    public void A_processor_that_is_always_away_for_longer_than_the_counters_turn_is_given_up() =>
        Assert.False(CounterComparison.TryMake(new HeldUpCounter(IntervalTimer, 16, _ => 60 * Millisecond), out _));

    private static void AssertRight(HeldUpCounter counter, double within)
    {
        Assert.True(CounterComparison.TryMake(counter, out CounterComparison comparison));
        double tsc = comparison.TscPerSecond(counter.MostTicksPerSecond) / (double)HeldUpCounter.TscPerSecond;
        double ticks = comparison.TicksPerSecond(HeldUpCounter.TscPerSecond) / (double)counter.MostTicksPerSecond;
        Assert.InRange(tsc, 1 - within, 1 + within);
        Assert.InRange(ticks, 1 - within, 1 + within);
    }
}
