using System;
using System.Text.Json.Nodes;
using Guest.Integration.Tests.Rig;
using Guest.Rig.Network;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>The echo appliance under more datagrams than it can answer: what only an interrupt tells is heard nevertheless.</summary>
public sealed class FloodTests
{
    private const long Frames = 2_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The paths that work.</summary>
    public static TheoryData<string> Paths => [.. WorkingPaths.All];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_console_is_heard(string path)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path));
        using UdpFlood flood = echo.Flood();

        FloodedCounters.AskUntil(echo.Counters, Frames, s_patience);
    }

    [Theory]
    [InlineData("q35")]
    [InlineData("pc")]
    [InlineData("microvm,rtc=on")]
    public void The_power_button_ends_it_in_order(string type)
    {
        string path = type.StartsWith("microvm", StringComparison.Ordinal) ? "virtio-mmio" : "virtio";
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path) with { Type = type });
        using UdpFlood flood = echo.Flood();
        FloodedCounters.AskUntil(echo.Counters, Frames, s_patience);

        echo.Guest.Qmp.PressPowerButton();

        echo.Guest.WaitForLine("word of the button", line => line.Contains("the power button was pressed", StringComparison.Ordinal), s_patience);
        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 0), echo.Guest.WaitForEnd(s_patience));
    }

    [Theory]
    [InlineData("virtio-net-pci")]
    [InlineData("e1000")]
    [InlineData("e1000e")]
    public void The_link_of_another_card_is_heard_to_go_and_to_come(string model)
    {
        const string other = "net1";
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with
        {
            Extra = ["-netdev", $"user,id={other}", "-device", $"{model},netdev={other},romfile="],
        });
        using UdpFlood flood = echo.Flood();
        FloodedCounters.AskUntil(echo.Counters, Frames, s_patience);

        foreach (bool up in (bool[])[false, true, false])
        {
            echo.Guest.Qmp.Execute("set_link", new JsonObject { ["name"] = other, ["up"] = up });
            string said = up ? "link up" : "link down";
            echo.Guest.WaitForLine(said, line => line.Contains(said, StringComparison.Ordinal), s_patience);
        }
    }
}
