using System;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>A machine that ended does not run on, whatever board it is, and one that is told to end does so in order.</summary>
public sealed class EndTests
{
    private const int OwnExitCode = 9;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    /// <summary>Without QEMU's isa-debug-exit: by the board's power registers where firmware names them, else by a reset.</summary>
    [Theory]
    [InlineData("q35", GuestEndKind.PoweredOff)]
    [InlineData("pc", GuestEndKind.PoweredOff)]
    [InlineData("microvm,rtc=on", GuestEndKind.PoweredOff)]
    [InlineData("microvm,rtc=on,acpi=off", GuestEndKind.Reset)]
    [InlineData("q35,acpi=off", GuestEndKind.PoweredOff)]
    [InlineData("pc,acpi=off", GuestEndKind.Reset)]
    public void A_machine_whose_application_ended_or_panicked_ends(string type, GuestEndKind kind)
    {
        foreach (string how in (string[])["exit", "null"])
        {
            using QemuGuest guest = QemuGuest.Boot(Machine(how, type) with { DebugExit = false });

            Assert.Equal(new GuestEnd(kind, 0), guest.WaitForEnd(s_patience));
        }
    }

    [Theory]
    [InlineData("q35")]
    [InlineData("pc")]
    [InlineData("microvm,rtc=on")]
    public void The_power_button_ends_the_application_by_its_handler(string type)
    {
        using QemuGuest guest = QemuGuest.Boot(Machine("told", type));
        guest.WaitForLine("faults: waits", s_patience);

        guest.Qmp.PressPowerButton();

        guest.WaitForLine("faults: told of the end", s_patience);
        Assert.Equal(new GuestEnd(GuestEndKind.Exited, OwnExitCode), guest.WaitForEnd(s_patience));
    }

    [Fact]
    public void A_handler_that_does_not_return_cannot_keep_the_machine_from_ending()
    {
        using QemuGuest guest = QemuGuest.Boot(Machine("deaf", "q35"));
        guest.WaitForLine("faults: waits", s_patience);

        guest.Qmp.PressPowerButton();

        guest.WaitForLine("word of the handler", line => line.Contains("not waited for any longer", StringComparison.Ordinal), s_patience);
        Assert.Equal(new GuestEnd(GuestEndKind.Exited, OwnExitCode), guest.WaitForEnd(s_patience));
    }

    [Fact]
    public void An_application_without_a_handler_is_ended_too()
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { Network = null });
        guest.WaitForLine("echo: ", s_patience);

        guest.Qmp.PressPowerButton();

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 0), guest.WaitForEnd(s_patience));
    }

    private static QemuMachine Machine(string kind, string type)
    {
        string path = type.StartsWith("microvm", StringComparison.Ordinal) ? "virtio-mmio" : "virtio";
        return Appliance.Machine("faults", path) with { Network = null, Type = type, CommandLine = $"-- {kind}" };
    }
}
