using System;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>What a reflected frame costs the guest itself: the floor below all that a stack does.</summary>
public sealed class ReflectCostTests
{
    private const int Frames = 2_000;

    // Some more than it takes; a goal of 1,100 is less than the driver, the run loop and the interrupt take alone.
    private const int MostInstructions = 2_000;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void One_frame_at_a_time_costs_less_than_a_datagram()
    {
        using InstructionCounter counter = new(CounterPlugin.Build(Repository.Find()));
        using Appliance reflect = Appliance.BootReady(Appliance.Machine("reflect") with { Extra = [.. counter.Arguments] });
        reflect.AssertPerfect(reflect.Frames(new EchoPlan { Sizes = EchoPlan.Repeat(64, 200) }));
        Assert.True(counter.WaitForIdle(s_quiet, s_patience), "the guest does not become idle");
        long before = counter.Own;

        reflect.AssertPerfect(reflect.Frames(new EchoPlan { Sizes = EchoPlan.Repeat(64, Frames) }));

        Assert.True(counter.WaitForIdle(s_quiet, s_patience), "the guest does not become idle");
        Assert.InRange((counter.Own - before) / Frames, 1, MostInstructions);
    }
}
