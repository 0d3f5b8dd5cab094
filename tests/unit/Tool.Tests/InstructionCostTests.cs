using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

/// <summary>Idle is subtracted by time, and what it may have been besides is in doubt.</summary>
public sealed class InstructionCostTests
{
    private static readonly InstructionReading s_none = new(0, new() { ["guest"] = 0, ["xen"] = 0 }, TimeSpan.Zero);

    [Fact]
    public void What_was_executed_anyway_before_and_after_is_subtracted_by_whose_it_is()
    {
        InstructionCost cost = InstructionCost.Of(Reading(4_000, 40_000, seconds: 2), s_none, Idle((100, 4_000), (100, 6_000)), units: 10);

        Assert.Equal((new Figure(380, 0), new Figure(380, 0)), (cost.Own, cost.ByOwner["guest"]));
        Assert.Equal(3_000, cost.ByOwner["xen"].Value);
    }

    [Fact]
    public void What_the_looks_differ_by_is_in_doubt_for_as_long_as_the_sample_took()
    {
        InstructionCost cost = InstructionCost.Of(Reading(4_000, 40_000, seconds: 2), s_none, Idle((0, 4_000), (0, 9_000), (0, 5_000)), units: 10);

        Assert.Equal((0.0, 500.0, 500.0), (cost.Own.Doubt, cost.ByOwner["xen"].Doubt, cost.MachineDoubt));
    }

    [Fact]
    public void What_is_executed_in_the_same_way_for_nothing_is_no_part_and_its_idle_time_is_in_doubt_too()
    {
        InstructionCost cost = InstructionCost.Of(
            Reading(4_000, 40_000, seconds: 2), Reading(1_000, 10_000, seconds: 1), Idle((0, 4_000), (0, 6_000)), units: 10);

        Assert.Equal((300.0, 2_500.0, 300.0), (cost.Own.Value, cost.ByOwner["xen"].Value, cost.ByOwner["xen"].Doubt));
    }

    [Fact]
    public void A_machine_that_nobody_looked_at_has_no_idle() =>
        Assert.Equal(new Figure(400, 0), InstructionCost.Of(Reading(4_000, 0, seconds: 2), s_none, new IdleReadings(), units: 10).Own);

    private static InstructionReading Reading(double guest, double xen, double seconds) =>
        new(guest, new() { ["guest"] = guest, ["xen"] = xen }, TimeSpan.FromSeconds(seconds));

    // Each in half a second.
    private static IdleReadings Idle(params IEnumerable<(double Guest, double Xen)> perSecond)
    {
        IdleReadings idle = new();
        foreach ((double guest, double xen) in perSecond)
            idle.Add(Reading(guest / 2, xen / 2, seconds: 0.5));
        return idle;
    }
}
