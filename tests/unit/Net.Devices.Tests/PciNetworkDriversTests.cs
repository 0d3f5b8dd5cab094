using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Testing;

namespace Guest.Net.Devices.Tests;

public class PciNetworkDriversTests
{
    [Fact]
    public void A_function_that_nobody_drives_finds_no_driver()
    {
        PathCounters counters = new("pci");
        FakeConfiguration configuration = new(counters) { [0, 2, 0] = new(0x1234, 0x1111, 0x0300_0000) };

        Assert.Null(PciNetworkDrivers.Find(Assert.Single(PciBus.Enumerate(new FakePlatform(), configuration, counters))));
    }

    [Theory]
    [InlineData(0x1af4, 0x1041, 0x01, null, "virtio")]
    [InlineData(0x8086, 0x100e, 0x03, null, "e1000")]
    [InlineData(0x8086, 0x10d3, 0x00, null, "e1000e")]
    [InlineData(0x10ec, 0x8139, 0x20, null, "rtl8139c+")]
    [InlineData(0x10ec, 0x8139, 0x10, null, "rtl8139")]       // a chip without descriptors
    [InlineData(0x10ec, 0x8139, 0x20, "rtl8139", "rtl8139")]
    [InlineData(0x10ec, 0x8139, 0x10, "rtl8139c+", null)]
    [InlineData(0x10ec, 0x8029, 0x00, null, "ne2000")]
    [InlineData(0x8086, 0x10d3, 0x00, "e1000", null)]
    public void A_function_finds_its_driver_or_the_one_that_is_asked_for(ushort vendor, ushort device, uint revision, string? asked, string? found)
    {
        PathCounters counters = new("pci");
        FakeConfiguration configuration = new(counters) { [0, 2, 0] = new(vendor, device, 0x0200_0000 | revision) };

        PciFunction function = Assert.Single(PciBus.Enumerate(new FakePlatform(), configuration, counters));

        Assert.Equal(found, PciNetworkDrivers.Find(function, asked)?.Name);
    }
}
