using System;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Xen;

/// <summary>What a boot and an echo cost the guest itself on Xen: instructions counted from outside, by the address whose code they are.</summary>
public sealed class XenCostTests
{
    /// <summary>20 ms at one instruction a nanosecond.</summary>
    private const long MostUntilReady = 20_000_000;

    private const long MostOneAtATime = 2_000;
    private const long MostSixteenInFlight = 900;

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void A_boot_and_an_echo_cost_no_more_instructions_than_the_goals(DomainType type)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using InstructionCounter counter = new(CounterPlugin.Build(Repository.Find()), XenCode.Ranges);
        using XenHost host = XenHost.Restore(
            new QemuNetwork.Tap(NetworkNamespace.TapName), network.Prefix, progress: null, counter.Arguments);
        XenAppliance echo = XenAppliance.Boot(host, network, type);
        Assert.InRange(counter.Own, 1, MostUntilReady);
        Cost(echo, counter, 1_000, inFlight: 16);

        Assert.InRange(Cost(echo, counter, 2_000, inFlight: 1), 1, MostOneAtATime);
        Assert.InRange(Cost(echo, counter, 5_000, inFlight: 16), 1, MostSixteenInFlight);
    }

    private static long Cost(XenAppliance echo, InstructionCounter counter, int count, int inFlight)
    {
        WaitForIdle(counter);
        long before = counter.Own;
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, count), InFlight = inFlight }));
        WaitForIdle(counter);
        return (counter.Own - before) / count;
    }

    private static void WaitForIdle(InstructionCounter counter) =>
        Assert.True(counter.WaitForIdle(TimeSpan.FromMilliseconds(100), XenAppliance.Patience), "the guest does not become idle");
}
