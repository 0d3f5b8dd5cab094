using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>The echo appliance on each path, against real sockets of Linux: on a quiet link nothing may be lost or altered.</summary>
public sealed class EchoTests
{
    private const int LargestUnfragmented = 1_472;
    private const int LargestDatagram = 65_507;

    /// <summary>The paths that work.</summary>
    public static TheoryData<string> Paths => [.. WorkingPaths.All];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_ping_of_every_size_is_answered(string path)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path));

        EchoResult result = echo.Ping(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2 * (LargestUnfragmented + 1)), InFlight = 8 });

        echo.AssertPerfect(result);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_hundred_thousand_datagrams_of_every_size_come_back_unchanged_and_nothing_is_allocated(string path)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path));
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 2 * LargestUnfragmented), InFlight = WorkingPaths.Window(path) }));
        GuestCounters before = echo.Counters();

        EchoResult result = echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 100_000), InFlight = WorkingPaths.Window(path) });

        echo.AssertPerfect(result);
        GuestCounters costs = echo.Counters().Since(before);
        Assert.Equal(0, Allocated(costs));
        Assert.Contains(costs.Devices.Values, device => device.GetValueOrDefault("received") >= 100_000);
    }

    [Fact]
    public void A_million_echoes_allocate_nothing()
    {
        const int million = 1_000_000;
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        // A call through an interface remembers each type that it meets, the first time that it does.
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 50_000), InFlight = 64 }));
        GuestCounters before = echo.Counters();

        EchoResult result = echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, million), InFlight = 64 });

        echo.AssertPerfect(result);
        GuestCounters costs = echo.Counters().Since(before);
        Assert.Equal(0, Allocated(costs));
        Assert.Contains(costs.Devices.Values, device => device.GetValueOrDefault("sent") >= million);
    }

    [Fact]
    public void Larger_datagrams_come_back_by_fragments()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        int[] sizes = [LargestUnfragmented + 1, 2_000, 2_952, 2_953, 4_096, 9_000, 16_384, 32_768, 65_000, LargestDatagram];

        EchoResult result = echo.Udp(new EchoPlan { Sizes = Enumerable.Repeat(sizes, 20).SelectMany(each => each), InFlight = 1 });

        echo.AssertPerfect(result);
    }

    [Theory]
    [InlineData("q35", 1)]
    [InlineData("q35", 2)]
    [InlineData("pc", 1)]
    [InlineData("pc", 2)]
    public void It_runs_on_each_machine_with_one_processor_and_with_two(string type, int processors)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { Type = type, Processors = processors });

        // One at a time: QEMU's emulation of one processor can stall virtio under load (docs/decisions/0001).
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 500) }));
    }

    [Fact]
    public void Four_MiB_of_memory_are_enough()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { MemoryMiB = 4 });

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 5_000), InFlight = 32 }));
    }

    private static long Allocated(GuestCounters counters) => counters.Devices["cpu"].GetValueOrDefault("allocatedBytes");
}
