using System;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>Cards that come and go while the machine runs.</summary>
public sealed class HotplugTests
{
    private const string Card = "card";
    private const int Rounds = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("pc", "pci.0", "")]
    [InlineData("q35", "rp1", "-device pcie-root-port,id=rp1,chassis=1")]
    [InlineData("q35", "rp1", "-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off -device pcie-root-port,id=rp1,chassis=1")]
    public void A_card_that_comes_is_used_and_one_that_goes_is_let_go_of(string machine, string bus, string devices)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Boot(machine, devices, network);
        echo.Guest.WaitForLine("word of the missing card", line => line.Contains("no network card", StringComparison.Ordinal), s_patience);

        Add(echo.Guest, "virtio-net-pci", bus);

        echo.WaitForReady();
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 10) }));
        Remove(echo.Guest);
    }

    [Fact]
    public void Cards_come_and_go_more_often_than_there_are_vectors()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Boot("pc", "", network);
        echo.Guest.WaitForLine("word of the missing card", line => line.Contains("no network card", StringComparison.Ordinal), s_patience);

        GuestCounters? first = null;
        for (int i = 0; i < 40; i++)
        {
            Add(echo.Guest, "virtio-net-pci", "pci.0");
            echo.Guest.WaitForLine("word of the link", line => line.Contains("link up", StringComparison.Ordinal), s_patience);
            if (i == 0)
                echo.WaitForReady();
            Remove(echo.Guest);
            first ??= echo.Counters();
        }

        // Each card takes over what the one before it left, whole.
        GuestCounters last = echo.Counters();
        Assert.Equal(first!.Devices.Keys.Order(), last.Devices.Keys.Order());
        AssertSameMemory(first, last);

        Add(echo.Guest, "virtio-net-pci", "pci.0");
        echo.Guest.WaitForLine("word of the link", line => line.Contains("link up", StringComparison.Ordinal), s_patience);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 10) }));
        Assert.DoesNotContain(echo.Guest.Console, line => line.Contains("has no interrupt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("q35", "rp1", "-device pcie-root-port,id=rp1,chassis=1", "virtio-net-pci")]
    [InlineData("q35", "rp1", "-device pcie-root-port,id=rp1,chassis=1", "e1000e")]
    [InlineData("pc", "pci.0", "", "e1000")]
    [InlineData("pc", "pci.0", "", "rtl8139")]
    [InlineData("pc", "pci.0", "", "ne2k_pci")]
    public void Cards_that_come_and_go_leave_memory_as_it_was(string machine, string bus, string devices, string card)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Boot(machine, devices, network);
        echo.Guest.WaitForLine("word of the missing card", line => line.Contains("no network card", StringComparison.Ordinal), s_patience);

        GuestCounters? first = null;
        for (int i = 0; i < 30; i++)
        {
            Add(echo.Guest, card, bus);
            echo.Guest.WaitForLine("word of the link", line => line.Contains("link up", StringComparison.Ordinal), s_patience);
            if (i == 0)
                echo.WaitForReady();
            Remove(echo.Guest);
            if (i == 2)
                first = echo.Counters();
        }

        AssertSameMemory(first!, echo.Counters());
        Add(echo.Guest, card, bus);
        echo.Guest.WaitForLine("word of the link", line => line.Contains("link up", StringComparison.Ordinal), s_patience);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 10) }));
    }

    [Theory]
    [InlineData("pc", "pci.0", "")]
    [InlineData("q35", "rp1", "-device pcie-root-port,id=rp1,chassis=1")]
    public void Disks_that_come_and_go_leave_memory_as_it_was(string machine, string bus, string devices)
    {
        const int rounds = 30;
        using QemuGuest guest = BootDisks(machine, devices, rounds);
        GuestCounters? first = null;
        GuestCounters? last = null;
        for (int i = 0; i < rounds; i++)
        {
            AddDisk(guest, bus, i);
            Remove(guest);
            if (i is 2 or rounds - 1)
                (first, last) = (first ?? GuestCounters.Ask(guest), GuestCounters.Ask(guest));
        }

        AssertSameMemory(first!, last!);
    }

    [Theory]
    [InlineData("pc", "pci.0", "")]
    [InlineData("q35", "rp1", "-device pcie-root-port,id=rp1,chassis=1")]
    public void A_disk_that_comes_is_served_and_one_that_goes_is_let_go_of(string machine, string bus, string devices)
    {
        const string read = "disk=virtio-blk1 read offset=0 length=64K\n";
        using QemuGuest guest = BootDisks(machine, devices, Rounds);
        for (int i = 0; i < Rounds; i++)
        {
            AddDisk(guest, bus, i);
            guest.Type(Encoding.ASCII.GetBytes(read));
            guest.WaitForLine("the job's result", line => line.Contains("\"errors\":0", StringComparison.Ordinal), s_patience);

            Remove(guest);

            guest.Type(Encoding.ASCII.GetBytes(read));
            guest.WaitForLine("word of the missing disk", line => line.Contains("no disk virtio-blk1", StringComparison.Ordinal), s_patience);
        }
    }

    /// <summary>QEMU plugs a SATA controller while the machine runs, and no disk behind one: the disk is there at boot, and comes no more.</summary>
    [Fact]
    public void Sata_controllers_that_come_and_go_leave_memory_as_it_was_and_a_disk_goes_with_its_controller()
    {
        const string read = "disk=ahci0 read offset=0 length=64K\n";
        using QemuGuest guest = BootDisks(
            "pc", "-device ich9-ahci,id=card -blockdev null-co,node-name=sata,size=16777216,read-zeroes=on -device ide-hd,bus=card.0,drive=sata", further: 0);
        guest.Type(Encoding.ASCII.GetBytes(read));
        guest.WaitForLine("the job's result", line => line.Contains("\"errors\":0", StringComparison.Ordinal), s_patience);

        Remove(guest);

        guest.Type(Encoding.ASCII.GetBytes(read));
        guest.WaitForLine("word of the missing disk", line => line.Contains("no disk ahci0", StringComparison.Ordinal), s_patience);
        GuestCounters? first = null;
        for (int i = 0; i < 20; i++)
        {
            guest.Qmp.Execute("device_add", new JsonObject { ["driver"] = "ich9-ahci", ["id"] = Card, ["bus"] = "pci.0" });
            guest.WaitForLine("word of the controller", line => line.Contains("has come", StringComparison.Ordinal), s_patience);
            Remove(guest);
            if (i == 2)
                first = GuestCounters.Ask(guest);
        }

        AssertSameMemory(first!, GuestCounters.Ask(guest));
    }

    private static Appliance Boot(string machine, string devices, NetworkNamespace network) => Appliance.Boot(
        Appliance.Machine("echo") with
        {
            Type = machine,
            Path = GuestPaths.Parse("virtio") with { NetworkDevice = devices.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
            CommandLine = network.StaticAddressOption,
        },
        network);

    private static QemuGuest BootDisks(string machine, string devices, int further)
    {
        QemuGuest guest = QemuGuest.Boot(Appliance.Machine("disk") with
        {
            Network = null,
            Type = machine,
            CommandLine = "-- ask",
            Extra =
            [
                "-blockdev", "null-co,node-name=first,size=16777216,read-zeroes=on", "-device", "virtio-blk-pci,drive=first",
                // QEMU holds on to a disk's contents for a while after its device is gone: each comes with its own.
                .. Enumerable.Range(0, further).SelectMany(i => new[] { "-blockdev", $"null-co,node-name=second{i},size=16777216,read-zeroes=on" }),
                .. devices.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ],
        });
        guest.WaitForLine("word of the first disk", line => line.Contains("type jobs", StringComparison.Ordinal), s_patience);
        return guest;
    }

    private static void AddDisk(QemuGuest guest, string bus, int which)
    {
        guest.Qmp.Execute(
            "device_add", new JsonObject { ["driver"] = "virtio-blk-pci", ["id"] = Card, ["drive"] = $"second{which}", ["bus"] = bus });
        guest.WaitForLine("virtio-blk1: ", s_patience);
    }

    private static void Add(QemuGuest guest, string driver, string bus) => guest.Qmp.Execute(
        "device_add", new JsonObject { ["driver"] = driver, ["id"] = Card, ["netdev"] = QemuMachine.NetworkId, ["bus"] = bus });

    private static void AssertSameMemory(GuestCounters first, GuestCounters last)
    {
        Assert.InRange(last.Devices["cpu"]["allocatedBytes"] - first.Devices["cpu"]["allocatedBytes"], 0, 1024);
        Assert.Equal(first.Devices["cpu"]["freeBytes"], last.Devices["cpu"]["freeBytes"]);
    }

    /// <summary>Asks for the card, and waits until the guest has handed it out.</summary>
    private static void Remove(QemuGuest guest)
    {
        guest.Qmp.Execute("device_del", new JsonObject { ["id"] = Card });
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (guest.Qmp.Human("info pci").Contains($"\"{Card}\"", StringComparison.Ordinal))
        {
            Assert.True(Environment.TickCount64 < deadline, $"The card is still there.\n{guest.Report()}");
            Thread.Sleep(20);
        }
    }
}
