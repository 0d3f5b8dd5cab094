using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Aml;

namespace Guest.Core.Tests.Aml;

public sealed class AmlNamespaceTests
{
    [Fact]
    public void The_virtio_slots_of_a_microvm_have_their_memory_and_lines()
    {
        AmlNode slot = Assert.Single(Devices(Load("microvm")), node => node.Is("LNRO0005"u8));

        List<FirmwareResource> resources = ResourcesOf(slot);

        Assert.Contains(new FirmwareResource(FirmwareResourceKind.Memory, 0xfeb0_2e00, 0xfeb0_2fff, IsWindow: false), resources);
        Assert.Contains(new FirmwareResource(FirmwareResourceKind.Interrupt, 47, 47, IsWindow: false), resources);
    }

    [Fact]
    public void A_microvm_with_PCI_has_a_host_bridge_whose_pins_lead_through_links_to_lines()
    {
        AmlNode host = Assert.Single(HostBridges(Load("microvm-pcie")));

        int[] lines = PciRoutingTable.Read(host);

        Assert.Equal(0, host.BaseBus);
        Assert.Contains(ResourcesOf(host), r => r is { Kind: FirmwareResourceKind.Memory, IsWindow: true, First: >= 0xc000_0000 and < 0xffff_ffff });
        Assert.Equal(128, lines.Length);
        // A device's pins follow one another round, and begin one further on than those of the device before it.
        Assert.Equal([lines[1], lines[2], lines[3], lines[0]], lines[4..8]);
        Assert.Equal(4, lines.Distinct().Count());
        Assert.All(lines, line => Assert.InRange(line, 1, 47));
    }

    [Theory]
    [InlineData("pc-pxb", 0x80)]
    [InlineData("q35-pxb", 0x80)]
    public void Every_host_bridge_tells_its_bus(string machine, int further)
    {
        AmlNode[] hosts = [.. HostBridges(Load(machine))];

        Assert.Equal([-1, further], hosts.Select(host => host.BaseBus));
        Assert.All(hosts, host => Assert.Contains(ResourcesOf(host), r => r is { Kind: FirmwareResourceKind.Buses, IsWindow: true }));
    }

    [Fact]
    public void The_buses_that_the_hot_plug_registers_know_are_found_by_their_numbers()
    {
        AmlNamespace names = Load("q35-bridges");

        Assert.Equal(0x0cc0, names.HotplugPorts);
        Assert.Equal(
            [(0x0001_0000UL, 2), (0x0002_0000UL, 1), (0x0003_0000UL, 0)],
            Devices(names).Where(node => node.Hotplug >= 0).Select(node => (node.Address, node.Hotplug)));
    }

    [Fact]
    public void A_PC_has_its_hot_plug_registers_and_its_first_bus_among_those_that_they_know()
    {
        AmlNamespace names = Load("pc-pxb");

        Assert.Equal(0xae00, names.HotplugPorts);
        Assert.Contains(HostBridges(names), host => host.Hotplug >= 0);
    }

    [Fact]
    public void A_method_that_returns_a_constant_is_one()
    {
        // Device (ABCD) { Method (_BBN, 0) { Return (0x42) }  Name (_HID, "PNP0A08") }
        byte[] table = Table([0x5b, 0x82, 0x1d, .. "ABCD"u8, 0x14, 0x09, .. "_BBN"u8, 0x00, 0xa4, 0x0a, 0x42, 0x08, .. "_HID"u8, 0x0d, .. "PNP0A08"u8, 0x00]);
        AmlNamespace names = new();

        names.Load(table);

        AmlNode device = Assert.Single(Devices(names));
        Assert.Equal(0x42, device.BaseBus);
        Assert.True(device.Is("PNP0A08"u8));
    }

    [Fact]
    public void What_is_not_understood_ends_its_own_list_only()
    {
        // Device (AAAA) { an opcode of no meaning }  Device (BBBB) { Name (_BBN, 1) }
        byte[] table = Table([0x5b, 0x82, 0x06, .. "AAAA"u8, 0x99, 0x5b, 0x82, 0x0b, .. "BBBB"u8, 0x08, .. "_BBN"u8, 0x01]);
        AmlNamespace names = new();

        names.Load(table);

        Assert.Equal([-1, 1], Devices(names).Select(node => node.BaseBus));
    }

    [Fact]
    public void A_device_of_the_same_name_further_in_is_another_one()
    {
        // Device (AAAA) { Device (AAAA) { Name (_ADR, 1) } }
        byte[] table = Table([0x5b, 0x82, 0x12, .. "AAAA"u8, 0x5b, 0x82, 0x0b, .. "AAAA"u8, 0x08, .. "_ADR"u8, 0x01]);
        AmlNamespace names = new();

        names.Load(table);

        Assert.Equal([0UL, 1UL], Devices(names).Select(node => node.Address));
    }

    [Fact]
    public void Nesting_without_end_ends()
    {
        List<byte> inner = [];
        for (int i = 0; i < 2000; i++)
        {
            int length = inner.Count + 3 + 4;
            inner.InsertRange(0, [0x10, (byte)(0x80 | (length & 0xf)), (byte)(length >> 4), (byte)(length >> 12), .. "AAAA"u8]);
        }

        new AmlNamespace().Load(Table([.. inner]));
    }

    [Fact]
    public void Tables_of_any_bytes_do_no_harm()
    {
        Random random = new(11);
        for (int round = 0; round < 4000; round++)
        {
            byte[] table = new byte[36 + random.Next(200)];
            random.NextBytes(table);
            Use(table);
        }
    }

    [Fact]
    public void Tables_with_a_few_wrong_bytes_do_no_harm()
    {
        Random random = new(12);
        foreach (string name in QemuTable.All)
        {
            byte[] good = QemuTable.Read(name);
            for (int round = 0; round < 300; round++)
            {
                byte[] table = [.. good];
                for (int i = random.Next(1, 30); i > 0; i--)
                    table[random.Next(36, table.Length)] = (byte)random.Next(256);
                Use(table[..random.Next(36, table.Length + 1)]);
            }
        }
    }

    private static void Use(byte[] table)
    {
        AmlNamespace names = new();
        names.Load(table);
        foreach (AmlNode node in Devices(names))
        {
            _ = ResourcesOf(node);
            _ = PciRoutingTable.Read(node);
        }
    }

    private static AmlNamespace Load(string machine)
    {
        AmlNamespace names = new();
        names.Load(QemuTable.Read(machine));
        return names;
    }

    private static byte[] Table(byte[] code) => [.. new byte[36], .. code];

    private static IEnumerable<AmlNode> HostBridges(AmlNamespace names) =>
        Devices(names).Where(node => node.Is("PNP0A03"u8) || node.Is("PNP0A08"u8));

    private static IEnumerable<AmlNode> Devices(AmlNamespace names)
    {
        for (AmlNode? node = names.Root; node is not null; node = AmlNamespace.Next(node))
        {
            if (node.IsPresent)
                yield return node;
        }
    }

    private static List<FirmwareResource> ResourcesOf(AmlNode node)
    {
        List<FirmwareResource> all = [];
        ResourceTemplate template = new(node.Resources);
        while (template.TryNext(out FirmwareResource resource))
            all.Add(resource);
        return all;
    }
}
