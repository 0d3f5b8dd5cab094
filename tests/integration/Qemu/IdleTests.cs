using System;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>How a guest waits for work.</summary>
public sealed class IdleTests
{
    // Nobody else is in the machine's namespace.
    private const int Port = 1234;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // As a guest of KVM meets it on QEMU's SVM, which forgets that nothing may come between sti and hlt.
    [Fact]
    public void An_interrupt_just_before_the_halt_does_not_leave_the_guest_halted_for_ever()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Appliance.Boot(
            Appliance.Machine("echo") with { CommandLine = network.StaticAddressOption, GdbPort = Port }, network);

        ShellResult gdb = Shell.Run(
            network.Prefix[0],
            [
                .. network.Prefix.Skip(1), "timeout", "60", "gdb", "--nx", "--batch", "-ex", $"target remote 127.0.0.1:{Port}",
                "-ex", "break *cpu_halt_once", "-ex", "continue", "-ex", "delete",
                // An interrupt is pending and the flag is on, but no sti came before.
                "-ex", "monitor set_link net0 off", "-ex", "set $eflags = 0x202", "-ex", "set $pc = &cpu_halting",
                "-ex", "detach", Repository.Find().ImageOf("echo"),
            ]);

        Assert.Matches("Breakpoint 1, .*cpu_halt_once", gdb.Output);
        echo.Guest.WaitForLine("virtio-net0: link down", s_patience);
    }
}
