using System;
using Guest.Rig.Network;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>What is wrong is told on the console, and is never a hang or a silent reset.</summary>
public sealed class BadInputTests
{
    private const int UsageExitCode = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("colour=blue", "colour")]
    [InlineData("ip=nonsense", "ip=")]
    [InlineData("ip=10.0.0.2/99", "ip=")]
    [InlineData("log=loud", "log=loud")]
    [InlineData("net", "'net'")]
    [InlineData("gateway=", "gateway=")]
    public void A_malformed_option_is_named_and_the_machine_ends(string commandLine, string named)
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { Network = null, CommandLine = commandLine });

        GuestEnd end = guest.WaitForEnd(s_patience);

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, UsageExitCode), end);
        Assert.Contains(guest.Console, line => line.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_without_a_NIC_is_told()
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { Network = null });

        guest.WaitForLine("word of the missing card", line => line.Contains("no network card", StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void An_option_for_disks_is_said_to_mean_nothing_where_the_application_uses_none()
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { Network = null, CommandLine = "disk=ahci" });

        guest.WaitForLine("word of the idle option", line => line.Contains("does not use disks", StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void A_card_that_the_command_line_excludes_is_missed_by_name()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { CommandLine = "net=ne2000" }, [.. network.Prefix]);

        guest.WaitForLine("word of the missing card", line => line.Contains("net=ne2000", StringComparison.Ordinal), s_patience);
    }
}
