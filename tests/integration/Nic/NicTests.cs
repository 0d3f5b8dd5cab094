using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Nic;

/// <summary>The drivers of network cards on QEMU's models of them: what they cost, and what befalls them.</summary>
public sealed class NicTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Paths => [.. WorkingPaths.All];

    /// <summary>Those whose card says whether there is a link: all but one.</summary>
    public static TheoryData<string> PathsWithLink => [.. WorkingPaths.All.Where(path => path != "ne2000")];

    [Theory]
    [MemberData(nameof(Paths))]
    public void After_an_overload_that_overflows_its_ring_it_echoes_as_before(string path)
    {
        using Appliance echo = Boot(path);
        foreach (int size in new[] { 18, 1_472 })
        {
            EchoResult flood = echo.Udp(new EchoPlan
            {
                Sizes = EchoPlan.Repeat(size, 15_000),
                InFlight = 15_000,
                Patience = TimeSpan.FromSeconds(1),
            });

            Assert.Equal((0, 0), (flood.Altered, flood.Duplicated));
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 2_000), InFlight = 4 }));
        }
    }

    [Theory]
    [MemberData(nameof(PathsWithLink))]
    public void A_link_that_goes_and_comes_is_told_and_followed(string path)
    {
        using Appliance echo = Boot(path);
        for (int i = 0; i < 3; i++)
        {
            SetLink(echo.Guest, up: false);
            echo.Guest.WaitForLine("link down", line => line.EndsWith(": link down", StringComparison.Ordinal), s_soon);
            SetLink(echo.Guest, up: true);
            echo.Guest.WaitForLine("link up", line => line.EndsWith(": link up", StringComparison.Ordinal), s_soon);

            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 500), InFlight = 4 }));
        }
    }

    /// <summary>The monitor's reset button, while frames come and go: firmware and kernel find a card that is in the middle of them.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Reset_under_load_it_boots_again_and_echoes(string path)
    {
        using Appliance echo = Boot(path);
        echo.Guest.Qmp.Execute("set-action", new JsonObject { ["reboot"] = "reset" });
        Task<EchoResult> load = Task.Run(() => echo.Udp(new EchoPlan
        {
            Sizes = EchoPlan.Repeat(600, 4_000),
            InFlight = 200,
            Patience = TimeSpan.FromSeconds(1),
        }), TestContext.Current.CancellationToken);
        long before = Received(echo);
        while (Received(echo) == before && !load.IsCompleted)
        {
        }

        echo.Guest.Qmp.Execute("system_reset");

        echo.Guest.WaitForLine("ready: ", s_boot);
        await load;
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 2_000), InFlight = 4 }));
    }

    /// <summary>The interrupt controller's end of interrupt is one access more than what is counted here.</summary>
    [Theory]
    [InlineData("virtio-mmio", 1, 2.5)]
    [InlineData("e1000", 1, 3.0)]
    [InlineData("e1000", 16, 0.7)]
    [InlineData("e1000e", 1, 2.0)]
    [InlineData("e1000e", 16, 0.7)]
    [InlineData("rtl8139", 1, 6.0)]
    [InlineData("rtl8139c+", 1, 3.0)]
    [InlineData("ne2000", 1, 76.0)]
    public void An_echo_costs_no_more_accesses_than_the_chip_demands(string path, int inFlight, double accesses)
    {
        const int Packets = 2_000;
        using AccessTrace trace = new();
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path) with { Extra = trace.Arguments });
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));

        trace.Enable(echo.Guest.Qmp, on: true);
        EchoResult result = echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, Packets), InFlight = inFlight });
        trace.Enable(echo.Guest.Qmp, on: false);

        echo.AssertPerfect(result);
        string region = GuestPaths.Parse(path).RegionPrefix;
        int count = trace.Read().Count(access => access.Region.StartsWith(region, StringComparison.Ordinal));
        Assert.InRange((double)count / Packets, 0.01, accesses);
    }

    /// <summary>A host that offers a longer MTU, over either ring and with either way to receive long frames; 65,507 bytes need fragments
    /// even so.</summary>
    [Theory]
    [InlineData("virtio", "")]
    [InlineData("virtio", ",mrg_rxbuf=off")]
    [InlineData("virtio-packed", "")]
    [InlineData("virtio-legacy", ",mrg_rxbuf=off")]
    public void Jumbo_frames_are_echoed(string path, string options)
    {
        using Appliance echo = BootOnJumboLink(path, ",host_mtu=9000" + options);

        Assert.Contains(echo.Guest.Console, line => line.Contains("MTU 9000", StringComparison.Ordinal));
        foreach (int size in new[] { 64, 3_900, 5_000, 8_900, 8_972, 20_000, 65_507 })
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(size, 50), InFlight = 2 }));
    }

    /// <summary>A link that carries longer frames than the card is for: they are lost, and nothing else is.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Frames_longer_than_the_MTU_disturb_nothing(string path)
    {
        using Appliance echo = BootOnJumboLink(path, "");
        for (int i = 0; i < 3; i++)
        {
            EchoResult lost = echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(3_900, 3), Patience = TimeSpan.FromMilliseconds(200) });
            Assert.Equal(0, lost.Echoed);
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
        }

        Assert.All(echo.Counters().Devices.Values, device =>
            Assert.Equal((0L, 0L), (device.GetValueOrDefault("violation"), device.GetValueOrDefault("reset"))));
    }

    /// <summary>The same, several at once, with frames between them that are for the card.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Many_frames_longer_than_the_MTU_at_once_disturb_nothing(string path)
    {
        using Appliance echo = BootOnJumboLink(path, "");
        for (int i = 0; i < 2; i++)
        {
            foreach (int size in new[] { 1_600, 3_900, 8_900 })
            {
                IEnumerable<int> mixed = Enumerable.Range(0, 60).Select(n => n % 4 == 0 ? 64 : size);
                echo.Udp(new EchoPlan { Sizes = mixed, InFlight = 60, Patience = TimeSpan.FromMilliseconds(500) });
                echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 50) }));
            }
        }

        Assert.All(echo.Counters().Devices.Values, device =>
            Assert.Equal((0L, 0L), (device.GetValueOrDefault("violation"), device.GetValueOrDefault("reset"))));
    }

    [Fact]
    public void Two_cards_of_different_kinds_are_both_shown_and_work()
    {
        const int Forwarded = 5_007;
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", "e1000") with
        {
            Extra =
            [
                "-netdev", $"user,id=net1,hostfwd=udp:127.0.0.1:{Forwarded}-:{UdpEchoClient.Port}",
                "-device", "rtl8139,netdev=net1,romfile=",
            ],
        });

        Assert.Contains(echo.Guest.Console, line => line.StartsWith("e1000-0: ", StringComparison.Ordinal));
        Assert.Contains(echo.Guest.Console, line => line.StartsWith("rtl8139c+1: ", StringComparison.Ordinal));
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 500), InFlight = 4 }));

        // The second has its address from the DHCP server in QEMU, which also forwards to it.
        if (!echo.Guest.Console.Any(HasSecondAddress))
            echo.Guest.WaitForLine("address of the second card", HasSecondAddress, s_soon);
        using UdpEchoClient second = UdpEchoClient.Open(echo.Network, new IPEndPoint(IPAddress.Loopback, Forwarded));
        echo.AssertPerfect(second.Run(new EchoPlan { Sizes = EchoPlan.Repeat(64, 500), InFlight = 4 }));

        static bool HasSecondAddress(string line) => line.StartsWith("rtl8139c+1: address ", StringComparison.Ordinal);
    }

    /// <summary>Boots on a tap whose frames may have 9,000 bytes, with a card of further options.</summary>
    private static Appliance BootOnJumboLink(string path, string options)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        Shell.Require("ip", "-netns", network.Name, "link", "set", NetworkNamespace.TapName, "mtu", "9000");
        GuestPath parsed = GuestPaths.Parse(path);
        return Appliance.BootReady(
            Appliance.Machine("echo", path) with
            {
                CommandLine = network.StaticAddressOption,
                Path = parsed with { NetworkDevice = [.. parsed.NetworkDevice.SkipLast(1), parsed.NetworkDevice[^1] + options] },
            },
            network);
    }

    private static Appliance Boot(string path) => Appliance.BootReady(Appliance.Machine("echo", path));

    private static long Received(Appliance echo) => echo.Counters().Devices.Values.Max(device => device.GetValueOrDefault("received"));

    private static void SetLink(QemuGuest guest, bool up) =>
        guest.Qmp.Execute("set_link", new JsonObject { ["name"] = QemuMachine.NetworkId, ["up"] = up });
}
