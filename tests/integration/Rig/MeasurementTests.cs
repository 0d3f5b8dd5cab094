using System.Collections.Generic;
using System.Linq;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;

namespace Guest.Integration.Tests.Rig;

/// <summary>The instruments that count accesses, tried on a driver whose cost is known to have grown by one.</summary>
public sealed class MeasurementTests
{
    private const int Packets = 200;

    // Linux may ask once for the guest's link address meanwhile, and is answered.
    private const int Asides = 4;

    // A card on a shared line is looked at when the console interrupts, before or after its counters' line.
    private const int AtTheEdges = 4;

    [Theory]
    [InlineData("virtio")]
    [InlineData("e1000")]
    [InlineData("rtl8139c+")]
    public void One_register_access_more_for_each_packet_is_one_more_outside_and_inside(string path)
    {
        Cost usual = Measure(path, options: "");
        Cost more = Measure(path, "test=extra-access");

        Assert.InRange(usual.Inside - usual.Outside.Count, -AtTheEdges, AtTheEdges);
        Assert.InRange(more.Inside - more.Outside.Count, -AtTheEdges, AtTheEdges);
        // What is not for each packet depends on how host and guest meet: an interrupt that comes late is looked into.
        IGrouping<DeviceAccess, DeviceAccess> added = Assert.Single(
            more.Outside.GroupBy(access => access),
            group => group.Count() - usual.Outside.Count(access => access == group.Key) > Packets / 2);
        Assert.Equal(more.Sent, added.Count());
        Assert.InRange(more.Sent, Packets, Packets + Asides);
    }

    // A guest that answers Ctrl-T has done with all that came before: it is asked before the trace begins, and before it ends.
    private static Cost Measure(string path, string options)
    {
        GuestPath visible = GuestPaths.Parse(path).WithVisibleNotifications();
        using AccessTrace trace = new();
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with
        {
            Path = visible,
            CommandLine = options,
            Extra = trace.Arguments,
        });
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 4) }));
        GuestCounters before = echo.Counters();
        trace.Enable(echo.Guest.Qmp, on: true);

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, Packets) }));

        Dictionary<string, long> inside = echo.Counters().Since(before).Devices.Values.First(device => device.ContainsKey("received"));
        trace.Enable(echo.Guest.Qmp, on: false);
        return new Cost(
            [.. trace.Read().Where(access => access.Region.StartsWith(visible.RegionPrefix, System.StringComparison.Ordinal))],
            GuestCounters.AccessesIn(inside),
            inside["sent"]);
    }

    private sealed record Cost(IReadOnlyList<DeviceAccess> Outside, long Inside, long Sent);
}
