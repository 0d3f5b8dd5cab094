using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>Cards are found wherever a machine has them: behind further PCI roots, in slots that firmware names, and where no firmware placed them.</summary>
public sealed class DevicePlaceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("q35", "pxb-pcie,id=x1,bus_nr=0x80,bus=pcie.0 pcie-root-port,id=port,bus=x1,chassis=1 virtio-net-pci,netdev={net},bus=port,romfile=")]
    [InlineData("q35", "pxb-pcie,id=x1,bus_nr=0x40,bus=pcie.0 pxb-pcie,id=x2,bus_nr=0xc0,bus=pcie.0 pcie-root-port,id=port,bus=x2,chassis=1 e1000e,netdev={net},bus=port,romfile=")]
    [InlineData("pc", "pxb,id=x1,bus_nr=0x80,bus=pci.0 virtio-net-pci,netdev={net},bus=x1,romfile=")]
    [InlineData("microvm,rtc=on", "virtio-net-device,netdev={net}")]
    [InlineData("microvm,rtc=on,ioapic2=off", "virtio-net-device,netdev={net}")]
    [InlineData("microvm,rtc=on,pcie=on", "virtio-net-pci-non-transitional,netdev={net},romfile=")]
    [InlineData("microvm,rtc=on,pcie=on", "virtio-net-device,netdev={net}")]
    public void A_card_is_found_where_the_machine_has_it(string machine, string devices)
    {
        using Appliance echo = Appliance.BootReady(Machine(machine, devices));

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 20) }));
    }

    [Theory]
    [InlineData("pc", "virtio-net-pci")]
    [InlineData("q35", "virtio-net-pci")]
    [InlineData("pc", "e1000")]
    [InlineData("q35", "e1000e")]
    public void A_card_that_no_firmware_placed_is_placed(string machine, string card)
    {
        QemuMachine bare = Machine(machine, card + ",netdev={net},romfile=") with { Extra = ["-bios", "qboot.rom"] };
        using Appliance echo = Appliance.BootReady(bare);

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 20) }));
    }

    [Fact]
    public void A_card_without_a_driver_is_named()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using QemuGuest guest = QemuGuest.Boot(Machine("pc", "pcnet,netdev={net},addr=3,romfile="), [.. network.Prefix]);

        guest.WaitForLine("word of the card", line => line.Contains("1022:2000 at 00:03.0", StringComparison.Ordinal), s_patience);
    }

    private static QemuMachine Machine(string type, string devices)
    {
        IEnumerable<string> arguments = devices.Split(' ').SelectMany(device => new[] { "-device", device });
        return Appliance.Machine("echo") with { Type = type, Path = GuestPaths.Parse("virtio") with { NetworkDevice = [.. arguments] } };
    }
}
