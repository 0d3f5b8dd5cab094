using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Text;
using Guest.Rig;
using Guest.Rig.Linux;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Integration.Tests.Xen;

/// <summary>The rig itself, tried with a guest that is known to work: Debian's Linux as a domain.</summary>
public sealed class XenRigTests(XenRigTests.Machine machine) : IClassFixture<XenRigTests.Machine>
{
    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    /// <summary>One Xen for all of these tests, with a Linux of each kind.</summary>
    public sealed class Machine : IDisposable
    {
        private static readonly LinuxGuest s_linux = LinuxGuest.Prepare(Repository.Find());

        private readonly Dictionary<DomainType, Domain> _linux = [];

        public Machine()
        {
            Host = XenHost.Restore(Network);
            foreach (DomainType type in (DomainType[])[DomainType.Pv, DomainType.Pvh])
                _linux[type] = Host.Create(Configuration(type));
            foreach (Domain domain in _linux.Values)
                domain.Console.WaitFor(LinuxGuest.Ready, s_boot);
        }

        public NetworkNamespace Network { get; } = NetworkNamespace.Create();

        public XenHost Host { get; }

        public Domain Linux(DomainType type) => _linux[type];

        public static IPAddress Address(DomainType type) => IPAddress.Parse(type == DomainType.Pv ? "10.0.0.2" : "10.0.0.3");

        public DomainConfiguration Configuration(DomainType type) => new()
        {
            Name = $"linux-{type}",
            Kernel = Host.Linux,
            Ramdisk = s_linux.Ramdisk,
            CommandLine = LinuxGuest.CommandLine("hvc0", $"{Address(type)}/{NetworkNamespace.PrefixLength}"),
            MemoryMiB = 256,
            Type = type,
            NativeTsc = type == DomainType.Pvh,
            Interfaces = [new VirtualInterface()],
        };

        public void Dispose()
        {
            Host.Dispose();
            Network.Dispose();
        }
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void Linux_in_a_domain_answers_every_ping(DomainType type)
    {
        AnswersPings(2_000, type);
    }

    [Fact]
    public void The_console_works_both_ways()
    {
        using Dom0Stream console = Linux.OpenConsole();

        console.Type("echo sum-$((40 + 2))\n");

        console.Output.WaitFor("sum-42", s_soon);
        Linux.Console.WaitFor("sum-42", s_soon);
    }

    [Fact]
    public void An_interface_is_taken_away_and_given_back()
    {
        using Dom0Stream console = Linux.OpenConsole();

        Linux.Xl("network-detach", "0");
        console.Type("until [ ! -e /sys/class/net/eth0 ]; do usleep 10000; done; echo gone-$((1 + 1))\n");
        console.Output.WaitFor("gone-2", s_soon);

        Linux.Xl("network-attach");
        console.Type("until ip link set eth0 up 2>/dev/null; do usleep 10000; done\n");
        // With a new hardware address, which others must hear of.
        IPAddress address = Machine.Address(DomainType.Pv);
        console.Type($"ip addr add {address}/24 dev eth0; arping -U -c 1 -I eth0 {address}; echo back-$((1 + 1))\n");
        console.Output.WaitFor("back-2", s_soon);
        AnswersPings(10);
    }

    [Fact]
    public void What_a_domain_writes_to_its_disk_is_in_the_image()
    {
        string image = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(image, new byte[1 << 20]);
            string device = machine.Host.AttachDisk(image);
            using Dom0Stream console = Linux.OpenConsole();
            Linux.Xl("block-attach", $"format=raw,vdev=xvda,access=rw,target={device}");

            console.Type("until [ -b /dev/xvda ]; do usleep 10000; done; echo written | dd of=/dev/xvda bs=4096 seek=3 conv=sync,fsync; echo done-$((1 + 1))\n");
            console.Output.WaitFor("done-2", s_soon);

            Assert.Equal("written\n", Encoding.ASCII.GetString(File.ReadAllBytes(image), 3 * 4096, 8));
        }
        finally
        {
            File.Delete(image);
        }
    }

    [Fact]
    public void Xen_counts_the_hypercalls_of_a_domain()
    {
        using HypercallTrace trace = HypercallTrace.Start(machine.Host);

        // One at a time, so that Linux's netfront must tell its back end of every reply.
        AnswersPings(200, inFlight: 1);
        HypercallSummary summary = trace.Stop();

        int domain = Linux.Id;
        Assert.True(summary.Count(domain, "evtchn_op") >= 200, summary.Describe(domain));
    }

    [Fact]
    public void A_domain_that_xl_refuses_says_why()
    {
        DomainConfiguration tooLarge = machine.Configuration(DomainType.Pv) with { Name = "large", MemoryMiB = 100_000 };

        RigException refusal = Assert.Throws<RigException>(() => machine.Host.Create(tooLarge));

        Assert.Contains("xl create ended with", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_takes_too_long_is_killed()
    {
        Dom0Result result = machine.Host.Execute("echo begun; sleep 1000", TimeSpan.FromSeconds(1));

        Assert.Equal((137, "begun\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void A_kernel_in_dom0s_place_shows_its_console_and_its_end()
    {
        // Without a file system Linux can only panic.
        using Dom0Guest guest = Dom0Guest.Boot(machine.Host.Linux, "console=hvc0 panic=-1", memoryMiB: 256);

        guest.Console.WaitFor("Unable to mount root fs", s_boot);
        Assert.Equal(GuestEndKind.Failed, guest.WaitForEnd(s_soon));
    }

    [Fact]
    public void When_QEMU_has_been_ended_all_the_rest_can_still_be_taken_down()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using XenHost host = XenHost.Restore(network);
        XenAppliance echo = XenAppliance.Boot(host, network, DomainType.Pv);
        using Dom0Stream console = echo.Domain.OpenConsole();

        using (Process qemu = Process.GetProcessById(host.ProcessId))
            qemu.Kill();

        // At once, as after a signal that reached QEMU too: whether its end has been seen already must not matter.
        console.Dispose();
        echo.Domain.Dispose();
        host.Dispose();
    }

    [Fact]
    public void A_terminals_Ctrl_C_reaches_this_process_alone()
    {
        // proc(5): the process, its name, state, parent, process group, session.
        string[] fields = File.ReadAllText($"/proc/{machine.Host.ProcessId}/stat").Split(' ');

        Assert.Equal($"{machine.Host.ProcessId}", fields[5]);
    }

    private Domain Linux => machine.Linux(DomainType.Pv);

    private void AnswersPings(int count, DomainType type = DomainType.Pv, int inFlight = 8)
    {
        using PingClient client = PingClient.Open(machine.Network, Machine.Address(type));
        EchoResult result = client.Run(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1472, count), InFlight = inFlight });
        Assert.True(result.Perfect, $"{result}\n{machine.Host.Report()}");
    }
}
