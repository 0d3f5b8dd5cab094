using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Guest.Integration.Tests.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance on real Xen, with a real dom0 and xen-netback, against real sockets of Linux: what a PV and a PVH domain
/// must both do.</summary>
public abstract class XenEchoTests
{
    private const int LargestUnfragmented = 1_472;

    // dom0 is one of Xen's domains, and carries the flood beside all that is asked of it.
    private static readonly TimeSpan s_floodPatience = TimeSpan.FromSeconds(90);

    private readonly DomainType _type;

    /// <param name="type">How Xen runs the appliance.</param>
    /// <param name="machine">Shared by all tests that leave the domain as they found it, or a new one in its place.</param>
    protected XenEchoTests(DomainType type, XenEchoMachine machine)
    {
        _type = type;
        Machine = machine;
    }

    /// <summary>Xen, dom0 and the appliance.</summary>
    protected XenEchoMachine Machine { get; }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(1_024)]
    public void It_boots_with_little_memory_and_with_much_and_uses_it_all(int memoryMiB)
    {
        using XenEchoMachine machine = new(_type, memoryMiB);
        XenAppliance echo = machine.Echo;

        // guest: xen-pv, 64848 KiB free
        string line = echo.Domain.Console.WaitFor($"guest: xen-{_type}, ".ToLowerInvariant(), XenAppliance.Patience);
        long free = long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(free >= memoryMiB * 1024L * 9 / 10, $"{free} KiB of {memoryMiB} MiB are free");
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2_000), InFlight = 16 }));
    }

    [Fact]
    public void Random_data_comes_back_over_one_connection_and_over_many()
    {
        Machine.Echo.WaitUntilItAnswers();
        Machine.Echo.ExchangeOverStreams(connections: 1, bytesEach: 1_000_000);
        Machine.Echo.ExchangeOverStreams(connections: 50, bytesEach: 20_000);
    }

    [Fact]
    public void Every_ping_of_every_size_is_answered()
    {
        XenAppliance echo = Machine.Echo;

        echo.AssertPerfect(echo.Ping(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, LargestUnfragmented + 1), InFlight = 8 }));
    }

    // A quarter at a time: each is over in seconds.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_hundred_thousand_datagrams_of_every_size_come_back_unchanged_and_nothing_is_allocated_or_granted(int quarter)
    {
        const int each = 25_000;
        XenAppliance echo = Machine.Echo;
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2_000), InFlight = 32 }));
        // Printing the counters allocates a little itself; a second printing tells how much.
        GuestCounters first = echo.Counters();
        GuestCounters before = echo.Counters();
        long ofPrinting = Allocated(before.Since(first));

        IEnumerable<int> sizes = EchoPlan.Cycle(0, LargestUnfragmented, (quarter + 1) * each).Skip(quarter * each);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = sizes, InFlight = 32 }));

        GuestCounters costs = echo.Counters().Since(before);
        Assert.Equal(ofPrinting, Allocated(costs));
        Assert.DoesNotContain("grantOperation", costs.Devices["netfront0"].Keys);
        Assert.DoesNotContain("pageTableOperation", costs.Devices["netfront0"].Keys);
        Assert.DoesNotContain("violation", costs.Devices["netfront0"].Keys);
        Assert.True(costs.Devices["netfront0"]["received"] >= each);
    }

    [Fact]
    public void It_ends_when_xl_asks_for_a_shutdown()
    {
        using XenEchoMachine machine = new(_type);

        machine.Echo.Domain.Xl("shutdown");

        machine.Echo.Domain.WaitUntilGone();
    }

    [Fact]
    public void Under_a_flood_its_console_is_heard()
    {
        // A domain of its own: what dom0 still has of the flood would go before the packets of the test that comes next.
        using XenEchoMachine machine = new(_type);
        XenAppliance echo = machine.Echo;
        using UdpFlood flood = echo.Flood();

        FloodedCounters.AskUntil(echo.Counters, frames: 2_000, s_floodPatience);
    }

    [Fact]
    public void Under_a_flood_it_ends_when_xl_asks_for_a_shutdown()
    {
        using XenEchoMachine machine = new(_type);
        XenAppliance echo = machine.Echo;
        using UdpFlood flood = echo.Flood();
        FloodedCounters.AskUntil(echo.Counters, frames: 500, s_floodPatience);

        echo.Domain.Xl("shutdown");

        echo.Domain.Console.WaitFor("the toolstack asks for the end", s_floodPatience);
        echo.Domain.WaitUntilGone(s_floodPatience);
    }

    [Fact]
    public void It_comes_back_when_xl_asks_for_a_reboot()
    {
        XenAppliance echo = Machine.Echo;
        int first = echo.Domain.Id;
        int lines = echo.Domain.Console.Count;

        echo.Domain.Xl("reboot");

        // xl itself sleeps for two seconds before it makes the domain anew.
        echo.WaitForReady(lines);
        Assert.NotEqual(first, echo.Domain.Id);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 500), InFlight = 16 }));
        // xl console ended with the old domain; the new one's is as good.
        Assert.Contains("netfront0", echo.Counters().Devices.Keys);
    }

    [Fact]
    public async Task Its_interface_is_taken_away_and_given_back_under_load_and_nothing_is_stuck()
    {
        XenAppliance echo = Machine.Echo;
        using CancellationTokenSource enough = new();
        Task<EchoResult> load = Task.Run(() => echo.Udp(new EchoPlan
        {
            Sizes = EchoPlan.Cycle(0, LargestUnfragmented, int.MaxValue).TakeWhile(_ => !enough.IsCancellationRequested),
            InFlight = 16,
            Patience = TimeSpan.FromSeconds(1),
        }), TestContext.Current.CancellationToken);

        for (int round = 0; round < 2; round++)
        {
            int lines = echo.Domain.Console.Count;
            echo.Domain.Xl("network-detach", "0");
            echo.Domain.Xl("network-attach");
            echo.Domain.Console.WaitFor("link up", XenAppliance.Patience, lines);
            echo.WaitUntilItAnswers();
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_500), InFlight = 16 }));
        }

        await enough.CancelAsync();
        EchoResult interrupted = await load;
        Assert.Equal(0, interrupted.Altered);
        Assert.True(interrupted.Lost > 0 && interrupted.Echoed > 1_000, $"the interface was never taken away under load: {interrupted}");
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_500), InFlight = 16 }));
    }

    [Fact]
    public void Interfaces_of_ever_new_numbers_come_and_go_and_cost_no_memory()
    {
        const int rounds = 12;
        const int warmUp = 4;
        using XenEchoMachine machine = new(_type);
        XenAppliance echo = machine.Echo;
        long settled = 0;
        echo.Domain.Xl("network-attach");
        for (int index = 1; index <= rounds; index++)
        {
            // Two at a time beside the first, so that the next one's number is a new one.
            int lines = echo.Domain.Console.Count;
            echo.Domain.Xl("network-attach");
            echo.Domain.Console.WaitFor("link up", XenAppliance.Patience, lines);
            lines = echo.Domain.Console.Count;
            echo.Domain.Xl("network-detach", $"{index}");
            echo.Domain.Console.WaitFor("taken away", XenAppliance.Patience, lines);
            if (index is warmUp or rounds)
                settled = Allocated(echo.Counters()) - settled;
        }

        // Printing the counters allocates a little itself.
        Assert.InRange(settled, 0, 4096);
        Assert.DoesNotContain("netfront3", echo.Counters().Devices.Keys);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 500), InFlight = 16 }));
    }

    [Fact]
    public void Its_console_is_heard_and_hears()
    {
        XenAppliance echo = Machine.Echo;

        // Typed on xl console: Ctrl-T. Heard there: a line for every device.
        GuestCounters counters = echo.Counters();

        Assert.Contains("netfront0", counters.Devices.Keys);
        Assert.Contains("cpu", counters.Devices.Keys);
    }

    [Fact]
    public void Two_domains_echo_to_each_other_and_to_others()
    {
        IPAddress secondAddress = IPAddress.Parse("10.0.0.3");
        using XenEchoMachine machine = new(_type);
        XenAppliance first = machine.Echo;
        XenAppliance second = machine.Boot("second", secondAddress);
        long before = first.Counters().Devices["netfront0"].GetValueOrDefault("received");

        // A datagram from one's echo port to the other's goes to and fro for ever.
        EchoSpark.Send(machine.Network, from: secondAddress, to: machine.Network.GuestAddress, (ushort)UdpEchoClient.Port);

        first.AssertPerfect(first.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_000), InFlight = 4 }));
        second.AssertPerfect(second.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 1_000), InFlight = 4 }));
        long received = first.Counters().Devices["netfront0"]["received"] - before;
        Assert.True(received > 1_000 + 100, $"{received} frames: the two did not speak to each other.\n{first.Domain.Report()}");
    }

    private static long Allocated(GuestCounters counters) => counters.Devices["cpu"].GetValueOrDefault("allocatedBytes");
}
