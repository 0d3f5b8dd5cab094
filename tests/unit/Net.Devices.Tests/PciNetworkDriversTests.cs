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
}
