using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Timelines;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Bench;

/// <summary>The record of one packet's or block's way, on machines whose ways are known.</summary>
public sealed class TimelineTests
{
    private static readonly Repository s_repository = Repository.Find();
    private static readonly string s_plugin = CounterPlugin.Build(s_repository);

    // What a guest of ours may execute for one that comes alone.
    private const long FewestOwn = 500;
    private const long MostOwn = 5_000;

    [Theory]
    [InlineData("xen-pv")]
    [InlineData("xen-pvh")]
    public void A_packet_on_Xen_goes_from_dom0_to_the_guest_and_back(string path)
    {
        using XenSubject subject = new("echo", s_repository.ImageOf("echo"), GuestPaths.Parse(path), s_plugin);

        List<TimelineStep> steps = Record(subject);

        AssertOrder(
            steps,
            (CodeRange.HostKernel, "NIC's driver"), (CodeRange.HostKernel, "bridge"), (CodeRange.HostKernel, "netback"),
            (XenCode.Xen, "grant_table_op (hypercall 20)"), (XenCode.Xen, "event_channel_op (hypercall 32)"), (XenCode.Xen, "wakes a domain"),
            (XenCode.Xen, XenStages.Switch), (CodeRange.Guest, "driver"), (CodeRange.Guest, "stack"), (CodeRange.Guest, "sockets"),
            (CodeRange.Guest, "driver"), (CodeRange.Guest, "hypercall"), (XenCode.Xen, "event_channel_op (hypercall 32)"),
            (XenCode.Xen, XenStages.Switch), (CodeRange.HostKernel, "netback"), (CodeRange.HostKernel, "bridge"),
            (CodeRange.HostKernel, "NIC's driver"), (CodeRange.HostKernel, "tells the device"), (TimelineStep.Halted, TimelineReader.Otherwise));

        // Xen may let dom0 go on as soon as it is told, or only when the guest sleeps.
        AssertOrder(steps, (CodeRange.Guest, "sockets"), (CodeRange.Guest, "hypercall"), (XenCode.Xen, "sched_op (hypercall 29)"));
    }

    [Fact]
    public void A_block_on_Xen_goes_to_dom0s_disk_and_back()
    {
        using XenSubject subject = new("disk", s_repository.ImageOf("disk"), GuestPaths.Parse("xen-pv"), s_plugin);

        AssertOrder(
            Record(subject),
            (CodeRange.Guest, "application"), (CodeRange.Guest, "block queue"), (CodeRange.Guest, "driver"), (XenCode.Xen, "event_channel_op (hypercall 32)"),
            (XenCode.Xen, XenStages.Switch), (CodeRange.HostKernel, "blkback"), (CodeRange.HostKernel, "disk's driver"),
            (CodeRange.HostKernel, "tells the device"), (CodeRange.HostKernel, "blkback"), (XenCode.Xen, XenStages.Switch),
            (CodeRange.Guest, "driver"), (CodeRange.Guest, "block queue"), (CodeRange.Guest, "application"));
    }

    [Fact]
    public void A_packet_on_KVM_goes_through_vhost_and_an_exit()
    {
        using KvmSubject subject = new("echo", KvmHost.Prepare(s_repository), s_repository.ImageOf("echo"), GuestPaths.Parse("virtio"), s_plugin);

        AssertOrder(
            Record(subject),
            (CodeRange.HostKernel, "NIC's driver"), (CodeRange.HostKernel, "bridge"), (CodeRange.HostKernel, "tap"), (CodeRange.HostKernel, "vhost"),
            (CodeRange.HostKernel, "KVM"), (CodeRange.Guest, "driver"), (CodeRange.Guest, "stack"), (CodeRange.Guest, "driver"),
            (CodeRange.HostKernel, "KVM"), (CodeRange.HostKernel, "vhost"), (CodeRange.HostKernel, "bridge"), (CodeRange.HostKernel, "tells the device"));
    }

    [Theory]
    [InlineData("ide")]
    [InlineData("ahci")]
    public void A_block_on_QEMU_goes_to_the_driver_and_comes_back(string path)
    {
        using DiskSubject subject = new("disk", s_repository.ImageOf("disk"), GuestPaths.Parse(path), Accelerator.Tcg, s_plugin);

        List<TimelineStep> steps = Record(subject);

        AssertOrder(
            steps,
            (CodeRange.Guest, "application"), (CodeRange.Guest, "block queue"), (CodeRange.Guest, "driver"), (CodeRange.Guest, "block queue"),
            (CodeRange.Guest, "application"));
        Assert.All(steps, step => Assert.Contains(step.Owner, (string[])[CodeRange.Guest, TimelineStep.Halted]));
    }

    private static List<TimelineStep> Record(Subject subject)
    {
        subject.Start();
        TimelineRecorder.Take(subject, () => SymbolTable.Read(s_repository.SymbolsOf(subject.Result.Application)));
        List<TimelineStep> steps = subject.Result.Timeline;
        Assert.True(subject.Result.TimelineProblem is null, $"{subject.Result.TimelineProblem}\n{subject.Report()}");
        Assert.InRange(steps.Where(step => step.Owner == CodeRange.Guest).Sum(step => step.Instructions), FewestOwn, MostOwn);
        return steps;
    }

    // Others may lie between them.
    private static void AssertOrder(List<TimelineStep> steps, params (string Owner, string What)[] expected)
    {
        int at = -1;
        foreach ((string owner, string what) in expected)
        {
            int next = steps.FindIndex(at + 1, step => step.Owner == owner && step.What == what);
            Assert.True(
                next > at,
                $"There is no '{owner}: {what}' after step {at} of:\n" + string.Join('\n', steps.Select((step, i) => $"{i} {step.Owner}: {step.What}, {step.Instructions}")));
            at = next;
        }
    }
}
