using System;
using System.Linq;
using System.Text;
using Guest.Integration.Tests.Disk;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Xen;

/// <summary>What a boot, an echo and a read cost the guest itself on Xen: instructions counted from outside, by the address whose code they are.</summary>
public sealed class XenCostTests
{
    /// <summary>20 ms at one instruction a nanosecond.</summary>
    private const long MostUntilReady = 20_000_000;

    /// <summary>A job is typed and printed, and now and then a timer wakes the guest, to look for requests that are late: after each it idles
    /// again, by a hypercall. Of a thousand reads that is some five.</summary>
    private const double IdledBesides = 0.01;

    [Theory]
    [InlineData(DomainType.Pv, 1, 1_000, 2_000)]
    [InlineData(DomainType.Pv, 16, 5_000, 900)]
    [InlineData(DomainType.Pvh, 1, 1_000, 2_000)]
    [InlineData(DomainType.Pvh, 16, 5_000, 900)]
    public void A_boot_and_an_echo_cost_no_more_instructions_than_the_goals(DomainType type, int inFlight, int count, long most)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using InstructionCounter counter = new(CounterPlugin.Build(Repository.Find()), XenCode.Ranges);
        using XenHost host = XenHost.Restore(
            new QemuNetwork.Tap(NetworkNamespace.TapName), network.Prefix, progress: null, counter.Arguments);
        XenAppliance echo = XenAppliance.Boot(host, network, type);
        Assert.InRange(counter.Own, 1, MostUntilReady);
        Cost(echo, counter, 1_000, inFlight: 16);

        Assert.InRange(Cost(echo, counter, count, inFlight), 1, most);
    }

    /// <summary>A PV domain rests by a hypercall after each read. A PVH domain halts, and the one hypercall that is left, the notification, is
    /// spared where the back end is still awake: how often that is, is the host's doing.</summary>
    [Theory]
    [InlineData(DomainType.Pv, 1, 1_500, 1, 2 + IdledBesides)]
    [InlineData(DomainType.Pv, 32, 500, double.Epsilon, 0.2)]
    [InlineData(DomainType.Pvh, 1, 1_500, double.Epsilon, 2 + IdledBesides)]
    [InlineData(DomainType.Pvh, 32, 500, double.Epsilon, 0.2)]
    public void A_read_costs_no_more_instructions_and_hypercalls_than_the_goals(
        DomainType type, int depth, long most, double leastHypercalls, double mostHypercalls)
    {
        using DiskImage image = new(4 << 20);
        using InstructionCounter counter = new(CounterPlugin.Build(Repository.Find()), XenCode.Ranges);
        using XenHost host = XenHost.Restore(network: null, prefix: [], progress: null, counter.Arguments);
        Domain domain = host.Create(new DomainConfiguration
        {
            Name = "disk",
            Kernel = Repository.Find().ImageOf("disk"),
            CommandLine = "-- ask",
            Type = type,
            NativeTsc = type == DomainType.Pvh,
            Disks = [new VirtualDisk(host.AttachDisk(image.Path), "xvda")],
            OnCrash = OnEnd.Preserve,
        });
        domain.Console.WaitFor(DiskCost.Asks, DiskCost.Patience);

        DiskCost cost = DiskCost.Measure(counter, Hypercalls, Run, depth);

        Assert.InRange(cost.Instructions, 1, most);
        Assert.InRange(cost.Accesses, leastHypercalls, mostHypercalls);

        void Run(string job)
        {
            int from = domain.Console.Count;
            domain.Type(Encoding.ASCII.GetBytes(job));
            domain.Console.WaitFor("an answer", line => line.StartsWith(DiskCost.Answer, StringComparison.Ordinal), DiskCost.Patience, from, whole: true);
        }

        long Hypercalls()
        {
            GuestCounters counters = domain.AskCounters();
            return counters.Devices["xen"].Values.Sum() - counters.Devices["xen-console"]["hypercall"];
        }
    }

    private static long Cost(XenAppliance echo, InstructionCounter counter, int count, int inFlight)
    {
        WaitForIdle(counter);
        long before = counter.Own;
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, count), InFlight = inFlight }));
        WaitForIdle(counter);
        return (counter.Own - before) / count;
    }

    private static void WaitForIdle(InstructionCounter counter) =>
        Assert.True(counter.WaitForIdle(TimeSpan.FromMilliseconds(100), XenAppliance.Patience), "the guest does not become idle");
}
