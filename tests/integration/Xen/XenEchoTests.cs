using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Threading.Tasks;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance on real Xen, with a real dom0 and xen-netback, against real sockets of Linux.</summary>
public sealed class XenEchoTests : IDisposable
{
    private const int LargestUnfragmented = 1_472;

    private readonly NetworkNamespace _network = NetworkNamespace.Create();
    private readonly XenHost _host;

    public XenEchoTests() => _host = XenHost.Restore(_network);

    public void Dispose()
    {
        _host.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(1_024)]
    public void It_boots_with_little_memory_and_with_much_and_uses_it_all(int memoryMiB)
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network, memoryMiB);

        // guest: xen-pv, 64848 KiB free
        string line = echo.Domain.Console.WaitFor("guest: xen-pv, ", XenAppliance.Patience);
        long free = long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(free >= memoryMiB * 1024L * 9 / 10, $"{free} KiB of {memoryMiB} MiB are free");
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2_000), InFlight = 16 }));
    }

    [Fact]
    public void Every_ping_of_every_size_is_answered()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);

        echo.AssertPerfect(echo.Ping(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, LargestUnfragmented + 1), InFlight = 8 }));
    }

    [Fact]
    public void A_hundred_thousand_datagrams_of_every_size_come_back_unchanged_and_nothing_is_allocated_or_granted()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2_000), InFlight = 32 }));
        // Printing the counters allocates a little itself; a second printing tells how much.
        GuestCounters first = echo.Counters();
        GuestCounters before = echo.Counters();
        long ofPrinting = Allocated(before.Since(first));

        EchoResult result = echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 100_000), InFlight = 32 });

        echo.AssertPerfect(result);
        GuestCounters costs = echo.Counters().Since(before);
        Assert.Equal(ofPrinting, Allocated(costs));
        Assert.DoesNotContain("grantOperation", costs.Devices["netfront0"].Keys);
        Assert.DoesNotContain("pageTableOperation", costs.Devices["netfront0"].Keys);
        Assert.DoesNotContain("violation", costs.Devices["netfront0"].Keys);
        Assert.True(costs.Devices["netfront0"]["received"] >= 100_000);
    }

    [Fact]
    public void Xen_itself_counts_the_notifications_that_the_guest_claims()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);
        GuestCounters before = echo.Counters();
        HypercallSummary seen;
        using (HypercallTrace trace = HypercallTrace.Start(_host))
        {
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 1_000) }));
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 5_000), InFlight = 16 }));
            seen = trace.Stop();
        }
        int domain = echo.Domain.Id;

        long claimed = echo.Counters().Since(before).Devices["netfront0"]["notification"];

        // Between the counters' lines and the trace the console notified too, a few times: so many may differ, and no more.
        Assert.InRange(seen.Count(domain, "evtchn_op"), claimed - 4, claimed + 4);
        Assert.Equal(0, seen.Count(domain, "grant_table_op") + seen.Count(domain, "mmu_update") + seen.Count(domain, "update_va_mapping"));
        Assert.True(seen.Total(domain) <= 3 * 1_000 + 5_000, seen.Describe(domain));
    }

    [Fact]
    public void It_ends_when_xl_asks_for_a_shutdown()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);

        echo.Domain.Xl("shutdown");

        echo.Domain.WaitUntilGone();
    }

    [Fact]
    public void It_comes_back_when_xl_asks_for_a_reboot()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);
        int first = echo.Domain.Id;
        int lines = echo.Domain.Console.Count;

        echo.Domain.Xl("reboot");

        echo.WaitForReady(lines);
        Assert.NotEqual(first, echo.Domain.Id);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 500) }));
    }

    [Fact]
    public async Task Its_interface_is_taken_away_and_given_back_under_load_and_nothing_is_stuck()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);
        for (int round = 0; round < 2; round++)
        {
            Task<EchoResult> load = Task.Run(() => echo.Udp(new EchoPlan
            {
                Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 10_000),
                InFlight = 16,
                Patience = TimeSpan.FromSeconds(1),
            }), TestContext.Current.CancellationToken);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            int lines = echo.Domain.Console.Count;

            echo.Domain.Xl("network-detach", "0");
            echo.Domain.Xl("network-attach");
            echo.Domain.Console.WaitFor("link up", XenAppliance.Patience, lines);

            EchoResult interrupted = await load;
            Assert.Equal(0, interrupted.Altered);
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2_000), InFlight = 16 }));
        }
    }

    [Fact]
    public void Its_console_is_heard_and_hears()
    {
        using XenAppliance echo = XenAppliance.Boot(_host, _network);

        // Typed on xl console: Ctrl-T. Heard there: a line for every device.
        GuestCounters counters = echo.Counters();

        Assert.Contains("netfront0", counters.Devices.Keys);
        Assert.Contains("cpu", counters.Devices.Keys);
    }

    [Fact]
    public void Two_domains_echo_to_each_other_and_to_others()
    {
        IPAddress secondAddress = IPAddress.Parse("10.0.0.3");
        using XenAppliance first = XenAppliance.Boot(_host, _network, name: "first");
        using XenAppliance second = XenAppliance.Boot(_host, _network, name: "second", address: secondAddress);
        long before = first.Counters().Devices["netfront0"].GetValueOrDefault("received");

        // A datagram from one's echo port to the other's goes to and fro for ever.
        EchoSpark.Send(_network, from: secondAddress, to: _network.GuestAddress, (ushort)UdpEchoClient.Port);

        first.AssertPerfect(first.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_000), InFlight = 4 }));
        second.AssertPerfect(second.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_000), InFlight = 4 }));
        long received = first.Counters().Devices["netfront0"]["received"] - before;
        Assert.True(received > 1_000 + 100, $"{received} frames: the two did not speak to each other.\n{first.Domain.Report()}");
    }

    [Fact]
    public void It_boots_in_dom0s_place()
    {
        using Dom0Guest echo = Dom0Guest.Boot(XenAppliance.Image);

        echo.Console.WaitFor("guest: xen-pv, ", XenAppliance.BootPatience);
        echo.Console.WaitFor("echo: UDP port 7", XenAppliance.Patience);
    }

    [Fact]
    public void In_dom0s_place_too_a_bad_command_line_is_told_and_ends_it()
    {
        using Dom0Guest echo = Dom0Guest.Boot(XenAppliance.Image, "nonsense=1");

        echo.Console.WaitFor("unknown option 'nonsense='", XenAppliance.BootPatience);
        Assert.Equal(GuestEndKind.PoweredOff, echo.WaitForEnd(XenAppliance.Patience));
    }

    private static long Allocated(GuestCounters counters) => counters.Devices["cpu"].GetValueOrDefault("allocatedBytes");
}
