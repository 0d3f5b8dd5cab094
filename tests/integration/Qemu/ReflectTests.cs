using System.Collections.Generic;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>The reflector on each path: every frame comes back as it went, and the stack beside it answers as ever.</summary>
public sealed class ReflectTests
{
    private const int LongestPayload = 1_500;

    /// <summary>The paths that work.</summary>
    public static TheoryData<string> Paths => [.. WorkingPaths.All];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Frames_of_every_size_come_back_unchanged_and_nothing_is_allocated(string path)
    {
        using Appliance reflect = Appliance.BootReady(Appliance.Machine("reflect", path));
        reflect.AssertPerfect(reflect.Frames(Plan(path, count: 200)));
        GuestCounters before = reflect.Counters();

        reflect.AssertPerfect(reflect.Frames(Plan(path, count: LongestPayload)));

        GuestCounters costs = reflect.Counters().Since(before);
        Assert.Equal(0, costs.Devices["cpu"].GetValueOrDefault("allocatedBytes"));
        reflect.AssertPerfect(reflect.Ping(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
    }

    private static EchoPlan Plan(string path, int count) => new()
    {
        Sizes = EchoPlan.Cycle(FrameEchoClient.LeastPayload, LongestPayload, count),
        InFlight = WorkingPaths.Window(path),
    };
}
