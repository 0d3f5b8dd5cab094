using System;
using System.Linq;
using System.Text.Json.Nodes;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Nic;

/// <summary>The drivers of emulated network chips on QEMU's models of them.</summary>
public sealed class NicTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Paths => ["e1000", "e1000e", "rtl8139", "rtl8139c+", "ne2000"];

    /// <summary>Those whose chip says whether there is a link.</summary>
    public static TheoryData<string> PathsWithLink => ["e1000", "e1000e", "rtl8139", "rtl8139c+"];

    [Theory]
    [MemberData(nameof(Paths))]
    public void After_an_overload_that_overflows_its_ring_it_echoes_as_before(string path)
    {
        using Appliance echo = Boot(path);
        foreach (int size in new[] { 18, 1_472 })
        {
            EchoResult flood = echo.Udp(new EchoPlan
            {
                Sizes = EchoPlan.Repeat(size, 30_000),
                InFlight = 5_000,
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

    /// <summary>The interrupt controller's end of interrupt is one access more than what is counted here.</summary>
    [Theory]
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

    [Fact]
    public void Two_cards_of_different_kinds_are_both_shown_and_work()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", "e1000") with
        {
            Extra = ["-netdev", "user,id=net1", "-device", "rtl8139,netdev=net1,romfile="],
        });

        Assert.Contains(echo.Guest.Console, line => line.StartsWith("e1000-0: ", StringComparison.Ordinal));
        Assert.Contains(echo.Guest.Console, line => line.StartsWith("rtl8139c+1: ", StringComparison.Ordinal));
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 500), InFlight = 4 }));
    }

    private static Appliance Boot(string path) => Appliance.BootReady(Appliance.Machine("echo", path));

    private static void SetLink(QemuGuest guest, bool up) =>
        guest.Qmp.Execute("set_link", new JsonObject { ["name"] = QemuMachine.NetworkId, ["up"] = up });
}
