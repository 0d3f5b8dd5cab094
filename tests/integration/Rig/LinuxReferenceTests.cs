using System;
using System.IO;
using Guest.Rig;
using Guest.Rig.Linux;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Rig;

/// <summary>The instruments themselves, tried on a guest that is known to work: Debian's Linux.</summary>
public sealed class LinuxReferenceTests
{
    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(120);

    private static readonly LinuxGuest s_linux = LinuxGuest.Prepare(Repository.Find());

    [Theory]
    [InlineData("virtio")]
    [InlineData("e1000")]
    public void Linux_answers_every_ping_of_every_size(string path)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        string capture = Path.GetTempFileName();
        QemuMachine machine = Machine(path) with
        {
            Network = new QemuNetwork.Tap(NetworkNamespace.TapName),
            Capture = capture,
        };
        using (QemuGuest guest = QemuGuest.Boot(s_linux.On(machine, $"{network.GuestAddress}/24"), [.. network.Prefix]))
        {
            guest.WaitForLine(LinuxGuest.Ready, s_boot);
            using PingClient client = PingClient.Open(network, network.GuestAddress);

            EchoResult result = client.Run(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1472, 2_946), InFlight = 8 });

            Assert.True(result.Perfect, result + "\n" + guest.Report());
        }
        // Each ping is in the capture twice, with at least a record header, an Ethernet and an IPv4 header.
        Assert.True(new FileInfo(capture).Length > 2 * 2_946 * (16 + 14 + 20));
        File.Delete(capture);
    }

    [Fact]
    public void A_client_gives_up_after_as_many_silences_as_it_was_told()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using PingClient client = PingClient.Open(network, network.GuestAddress);

        EchoResult result = client.Run(new EchoPlan
        {
            Sizes = EchoPlan.Repeat(64, 1_000),
            Patience = TimeSpan.FromMilliseconds(100),
            MostSilences = 2,
        });

        Assert.Equal((2, 0, 2), (result.Sent, result.Echoed, result.Lost));
    }

    [Fact]
    public void A_silent_address_loses_every_ping()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using PingClient client = PingClient.Open(network, network.GuestAddress);

        EchoResult result = client.Run(new EchoPlan
        {
            Sizes = EchoPlan.Repeat(64, 3),
            InFlight = 3,
            Patience = TimeSpan.FromMilliseconds(200),
        });

        Assert.Equal((3, 0, 3), (result.Sent, result.Echoed, result.Lost));
    }

    [Fact]
    public void The_DHCP_server_gives_an_address()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using DhcpServer server = DhcpServer.Start(network, TimeSpan.FromMinutes(2));
        QemuMachine machine = Machine("virtio") with { Network = new QemuNetwork.Tap(NetworkNamespace.TapName) };
        using QemuGuest guest = QemuGuest.Boot(s_linux.On(machine, "dhcp"), [.. network.Prefix]);

        string line = guest.WaitForLine("dhcp ", s_boot);

        Assert.StartsWith("dhcp 10.0.0.1", line, StringComparison.Ordinal);
        Assert.Contains("DHCPACK", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("printf '\\005' | dd of=/dev/port bs=1 seek=244 count=1", GuestEndKind.Exited, 5)]
    [InlineData("printf '\\000' | dd of=/dev/port bs=1 seek=244 count=1", GuestEndKind.Exited, 0)]
    [InlineData("poweroff -f", GuestEndKind.PoweredOff, 0)]
    [InlineData("reboot -f", GuestEndKind.Reset, 0)]
    public void The_way_a_guest_ends_is_told_apart(string command, GuestEndKind kind, int code)
    {
        using QemuGuest guest = QemuGuest.Boot(s_linux.On(Machine("virtio"), "none", command));

        GuestEnd end = guest.WaitForEnd(s_boot);

        Assert.Equal(new GuestEnd(kind, code), end);
    }

    [Fact]
    public void A_QEMU_that_cannot_start_says_why()
    {
        QemuMachine machine = s_linux.On(Machine("virtio"), "none") with { Extra = ["-device", "no-such-device"] };

        RigException refusal = Assert.Throws<RigException>(() => QemuGuest.Boot(machine));

        Assert.Contains("no-such-device", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_typed_reaches_the_guest()
    {
        using QemuGuest guest = QemuGuest.Boot(s_linux.On(Machine("virtio"), "none"));
        guest.WaitForLine(LinuxGuest.Ready, s_boot);

        guest.Type("echo sum $((40 + 2))\n"u8);

        guest.WaitForLine("sum 42", TimeSpan.FromSeconds(10));
    }

    private static QemuMachine Machine(string path) => new() { Kernel = s_linux.Kernel, Path = GuestPaths.Parse(path) };
}
