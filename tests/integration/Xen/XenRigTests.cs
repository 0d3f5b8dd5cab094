using System;
using System.Diagnostics;
using System.IO;
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
public sealed class XenRigTests : IDisposable
{
    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private static readonly LinuxGuest s_linux = LinuxGuest.Prepare(Repository.Find());

    private readonly NetworkNamespace _network = NetworkNamespace.Create();
    private readonly XenHost _host;

    public XenRigTests() => _host = XenHost.Restore(_network);

    public void Dispose()
    {
        _host.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void Linux_in_a_domain_answers_every_ping(DomainType type)
    {
        using Domain domain = Boot(Linux with { Type = type, NativeTsc = type == DomainType.Pvh });

        AnswersPings(2_000);
    }

    [Fact]
    public void The_console_works_both_ways()
    {
        using Domain domain = Boot(Linux);
        using Dom0Stream console = domain.OpenConsole();

        console.Type("echo sum-$((40 + 2))\n");

        console.Output.WaitFor("sum-42", s_soon);
        domain.Console.WaitFor("sum-42", s_soon);
    }

    [Fact]
    public void A_domain_reboots_and_shuts_down_when_xl_asks()
    {
        using Domain domain = Boot(Linux);
        int first = domain.Id;
        int lines = domain.Console.Count;

        domain.Xl("reboot");
        domain.Console.WaitFor(LinuxGuest.Ready, s_boot, lines);
        Assert.NotEqual(first, domain.Id);
        AnswersPings(10);

        domain.Xl("shutdown");
        domain.WaitUntilGone();
    }

    [Fact]
    public void An_interface_is_taken_away_and_given_back()
    {
        using Domain domain = Boot(Linux);
        using Dom0Stream console = domain.OpenConsole();

        domain.Xl("network-detach", "0");
        console.Type("until [ ! -e /sys/class/net/eth0 ]; do usleep 10000; done; echo gone-$((1 + 1))\n");
        console.Output.WaitFor("gone-2", s_soon);

        domain.Xl("network-attach");
        console.Type("until ip link set eth0 up 2>/dev/null; do usleep 10000; done\n");
        console.Type($"ip addr add {_network.GuestAddress}/24 dev eth0; echo back-$((1 + 1))\n");
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
            string device = _host.AttachDisk(image);
            using Domain domain = Boot(Linux with { Disks = [new VirtualDisk(device, "xvda")] });
            using Dom0Stream console = domain.OpenConsole();

            console.Type("echo written | dd of=/dev/xvda bs=4096 seek=3 conv=sync,fsync; echo done-$((1 + 1))\n");
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
        using Domain domain = Boot(Linux);
        using HypercallTrace trace = HypercallTrace.Start(_host);

        // One at a time, so that Linux's netfront must tell its back end of every reply.
        AnswersPings(200, inFlight: 1);
        HypercallSummary summary = trace.Stop();

        Assert.True(summary.Count(domain.Id, "evtchn_op") >= 200, summary.Describe(domain.Id));
    }

    [Fact]
    public void A_domain_that_xl_refuses_says_why()
    {
        RigException refusal = Assert.Throws<RigException>(() => _host.Create(Linux with { MemoryMiB = 100_000 }));

        Assert.Contains("xl create ended with", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_takes_too_long_is_killed()
    {
        Dom0Result result = _host.Execute("echo begun; sleep 1000", TimeSpan.FromSeconds(1));

        Assert.Equal((137, "begun\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void A_kernel_in_dom0s_place_shows_its_console_and_its_end()
    {
        // Without a file system Linux can only panic.
        using Dom0Guest guest = Dom0Guest.Boot(_host.Linux, "console=hvc0 panic=-1", memoryMiB: 256);

        guest.Console.WaitFor("Unable to mount root fs", s_boot);
        Assert.Equal(GuestEndKind.Failed, guest.WaitForEnd(s_soon));
    }

    [Fact]
    public void When_QEMU_has_been_ended_all_the_rest_can_still_be_taken_down()
    {
        XenAppliance echo = XenAppliance.Boot(_host, _network, DomainType.Pv);
        using Dom0Stream console = echo.Domain.OpenConsole();

        using (Process qemu = Process.GetProcessById(_host.ProcessId))
            qemu.Kill();

        // At once, as after a signal that reached QEMU too: whether its end has been seen already must not matter.
        console.Dispose();
        echo.Domain.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void A_terminals_Ctrl_C_reaches_this_process_alone()
    {
        // proc(5): the process, its name, state, parent, process group, session.
        string[] fields = File.ReadAllText($"/proc/{_host.ProcessId}/stat").Split(' ');

        Assert.Equal($"{_host.ProcessId}", fields[5]);
    }

    private DomainConfiguration Linux => new()
    {
        Name = "linux",
        Kernel = _host.Linux,
        Ramdisk = s_linux.Ramdisk,
        CommandLine = LinuxGuest.CommandLine("hvc0", $"{_network.GuestAddress}/24"),
        MemoryMiB = 256,
        Interfaces = [new VirtualInterface()],
    };

    private Domain Boot(DomainConfiguration configuration)
    {
        Domain domain = _host.Create(configuration);
        domain.Console.WaitFor(LinuxGuest.Ready, s_boot);
        return domain;
    }

    private void AnswersPings(int count, int inFlight = 8)
    {
        using PingClient client = PingClient.Open(_network, _network.GuestAddress);
        EchoResult result = client.Run(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1472, count), InFlight = inFlight });
        Assert.True(result.Perfect, $"{result}\n{_host.Report()}");
    }
}
