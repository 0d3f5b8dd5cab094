using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance as a PV domain, and what only that kind has: dom0's place, and hypercalls that xentrace counts.</summary>
public sealed class XenPvTests(XenPvTests.Appliance machine) : XenEchoTests(DomainType.Pv, machine), IClassFixture<XenPvTests.Appliance>
{
    /// <summary>What the tests share.</summary>
    public sealed class Appliance() : XenEchoMachine(DomainType.Pv);

    // The goals: at most 3 hypercalls an echo one at a time, and 0.3 with 16 in flight.
    [Theory]
    [InlineData(1_000, 1, 3_000)]
    [InlineData(5_000, 16, 1_500)]
    public void Xen_itself_counts_the_notifications_that_the_guest_claims(int count, int inFlight, int mostHypercalls)
    {
        XenAppliance echo = Machine.Echo;
        GuestCounters before = echo.Counters();
        HypercallSummary seen;
        using (HypercallTrace trace = HypercallTrace.Start(Machine.Host))
        {
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, count), InFlight = inFlight }));
            seen = trace.Stop();
        }
        int domain = echo.Domain.Id;

        long claimed = echo.Counters().Since(before).Devices["netfront0"]["notification"];

        // Between the counters' lines and the trace the console notified too, a few times: so many may differ, and no more.
        Assert.InRange(seen.Count(domain, "evtchn_op"), claimed - 4, claimed + 4);
        Assert.Equal(0, seen.Count(domain, "grant_table_op") + seen.Count(domain, "mmu_update") + seen.Count(domain, "update_va_mapping"));
        Assert.True(seen.Total(domain) <= mostHypercalls, seen.Describe(domain));
    }

    [Fact]
    public void It_boots_in_dom0s_place()
    {
        using Dom0Guest echo = Dom0Guest.Boot(XenAppliance.Image);

        echo.Console.WaitFor("guest: xen-pv, ", XenAppliance.BootPatience);
        echo.Console.WaitFor("echo: UDP and TCP port 7", XenAppliance.Patience);
    }

    [Fact]
    public void In_dom0s_place_too_a_bad_command_line_is_told_and_ends_it()
    {
        using Dom0Guest echo = Dom0Guest.Boot(XenAppliance.Image, "nonsense=1");

        echo.Console.WaitFor("unknown option 'nonsense='", XenAppliance.BootPatience);
        Assert.Equal(GuestEndKind.PoweredOff, echo.WaitForEnd(XenAppliance.Patience));
    }
}
