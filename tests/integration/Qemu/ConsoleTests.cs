using System;
using System.Collections.Generic;
using Guest.Rig.Measure;

namespace Guest.Integration.Tests.Qemu;

/// <summary>What is typed on the serial console.</summary>
public sealed class ConsoleTests
{
    private const int TypedBytes = 8;

    /// <summary>The port holds its line raised until the byte is read, which the handler leaves to the run loop. If interrupts came back on
    /// before that, the handler would be entered again and again. Counted instructions make the emulator show it every time.</summary>
    [Fact]
    public void A_typed_byte_costs_one_interrupt_however_long_the_port_holds_its_line()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { Processors = 1, Extra = ["-icount", "shift=0"] });
        // Until then the application's threads start, and a byte may be found before it has interrupted.
        echo.Guest.WaitForLine("chargen", line => line.StartsWith("echo: discard", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        GuestCounters before = echo.Counters();

        // Each of these types one byte; a busy run loop may find one before it has interrupted, not all.
        for (int i = 1; i < TypedBytes; i++)
            echo.Counters();
        GuestCounters cost = echo.Counters().Since(before);

        Assert.InRange(cost.Devices["console"].GetValueOrDefault("interrupt"), 1, 2 * TypedBytes);
    }
}
