using System;
using System.Collections.Generic;
using System.Net;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>apps/Threads: several threads on a booted machine.</summary>
public sealed class ThreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("all", 0)]
    [InlineData("exit", 9)]
    [InlineData("exit-256", 127)]
    [InlineData("return", 8)]
    public void An_application_of_several_threads_ends_with_its_exit_code(string what, int exitCode)
    {
        using QemuGuest guest = QemuGuest.Boot(Machine(what));

        GuestEnd end = guest.WaitForEnd(s_patience);

        Assert.True(end == new GuestEnd(GuestEndKind.Exited, exitCode), guest.Report());
    }

    [Theory]
    [InlineData("yield")]
    [InlineData("hand-over")]
    public void A_machine_that_never_idles_hears_its_console_and_its_power_button(string what)
    {
        using QemuGuest guest = QemuGuest.Boot(Machine(what));
        guest.WaitForLine($"threads: {what}", s_patience);

        GuestCounters before = GuestCounters.Ask(guest);
        GuestCounters cost = GuestCounters.Ask(guest).Since(before);
        // None if the second request comes while the first one is still being answered: it is read with it.
        Assert.InRange(cost.Devices["console"].GetValueOrDefault("interrupt"), 0, 2);

        guest.Qmp.Execute("system_powerdown");
        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 0), guest.WaitForEnd(s_patience));
    }

    [Fact]
    public void One_thread_that_selects_serves_several_sockets()
    {
        using Appliance threads = Appliance.BootReady(Appliance.Machine("threads") with { CommandLine = "-- select" });
        for (int round = 0; round < 3; round++)
        {
            foreach (int port in (int[])[8, 7, 9])
            {
                using UdpEchoClient client = UdpEchoClient.Open(threads.Network, new IPEndPoint(threads.Address, port));
                threads.AssertPerfect(client.Run(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1_472, 500), InFlight = 8 }));
            }
        }
    }

    /// <summary>Objects that the application itself makes are its own, and are never collected; beyond these nothing is taken.</summary>
    [Fact]
    public void Opening_and_closing_takes_no_memory_but_for_the_applications_own_objects()
    {
        const int threads = 2 * 2_000;
        const int sockets = 2 * 20_000;
        const int mostBytesOfThread = 512; // with its semaphore
        const int mostBytesOfSocket = 512;
        using QemuGuest guest = QemuGuest.Boot(Machine("open"));
        guest.WaitForLine("threads: open", s_patience);

        OpenAndClose(guest);
        GuestCounters before = GuestCounters.Ask(guest);
        OpenAndClose(guest);
        OpenAndClose(guest);
        GuestCounters after = GuestCounters.Ask(guest);

        long objects = after.Devices["cpu"]["allocatedBytes"] - before.Devices["cpu"]["allocatedBytes"];
        long memory = before.Devices["cpu"]["freeBytes"] - after.Devices["cpu"]["freeBytes"];
        Assert.InRange(objects, 0, (threads * mostBytesOfThread) + (sockets * mostBytesOfSocket));
        Assert.InRange(memory, 0, objects + (64 << 10)); // "new" takes its memory by 64 KiB
    }

    private static void OpenAndClose(QemuGuest guest)
    {
        guest.Type("more\n"u8.ToArray());
        guest.WaitForLine("threads: all are closed", s_patience);
    }

    private static QemuMachine Machine(string what) => Appliance.Machine("threads") with { Network = null, CommandLine = $"-- {what}" };
}
