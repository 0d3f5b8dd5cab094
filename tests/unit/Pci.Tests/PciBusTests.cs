using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;
using Xunit;

namespace Guest.Pci.Tests;

public class PciBusTests
{
    private readonly PathCounters _counters = new("pci");
    private readonly FakePlatform _platform = new();
    private readonly FakeConfiguration _configuration;

    public PciBusTests() => _configuration = new(_counters);

    [Fact]
    public void A_function_tells_who_it_is()
    {
        FakeFunction nic = new(0x1af4, 0x1041, 0x0200_0001);
        nic.Set32(PciRegister.SubsystemVendorId, 0x1100_1af4);
        nic.Set16(PciRegister.InterruptLine, 0x010b);
        _configuration[0, 3, 0] = nic;

        PciFunction found = Assert.Single(Enumerate());

        Assert.Equal(new PciAddress(0, 3, 0), found.Address);
        Assert.Equal((0x1af4, 0x1041), (found.VendorId, found.DeviceId));
        Assert.Equal((2, 0, 0, 1), (found.BaseClass, found.SubClass, found.ProgrammingInterface, found.Revision));
        Assert.Equal((0x1af4, 0x1100), (found.SubsystemVendorId, found.SubsystemId));
        Assert.Equal(11, found.InterruptLine);
    }

    [Theory]
    [InlineData(0x000b)] // no pin
    [InlineData(0x01ff)] // a pin that firmware did not route
    public void A_line_that_leads_nowhere_is_none(ushort lineAndPin)
    {
        FakeFunction nic = new(0x1af4, 0x1041);
        nic.Set16(PciRegister.InterruptLine, lineAndPin);
        _configuration[0, 3, 0] = nic;

        Assert.Equal(-1, Assert.Single(Enumerate()).InterruptLine);
    }

    [Fact]
    public void Functions_beside_the_first_are_asked_for_only_where_function_0_says_there_are_some()
    {
        FakeFunction multi = new(0x8086, 0x7000);
        multi.Bytes[PciRegister.HeaderType] = 0x80;
        _configuration[0, 1, 0] = multi;
        _configuration[0, 1, 3] = new(0x8086, 0x7113);
        _configuration[0, 2, 0] = new(0x1234, 0x1111);
        _configuration[0, 2, 1] = new(0x1234, 0x2222); // a ghost: single-function devices may answer at every function

        Assert.Equal([0x7000, 0x7113, 0x1111], Enumerate().Select(f => (int)f.DeviceId));
    }

    [Fact]
    public void Buses_behind_bridges_are_found_and_a_loop_of_bridges_ends()
    {
        _configuration[0, 1, 0] = Bridge(secondary: 1);
        _configuration[1, 0, 0] = Bridge(secondary: 2);
        _configuration[2, 5, 0] = new(0x1af4, 0x1041);
        _configuration[2, 6, 0] = Bridge(secondary: 0);

        Assert.Contains(Enumerate(), f => f.Address == new PciAddress(2, 5, 0));
    }

    [Fact]
    public void More_functions_than_a_first_guess_are_all_listed()
    {
        for (byte device = 0; device < 32; device++)
            _configuration[0, device, 0] = new(0x1af4, device);

        Assert.Equal(Enumerable.Range(0, 32), Enumerate().Select(f => (int)f.DeviceId));
    }

    [Fact]
    public void A_claimed_function_pays_for_its_own_accesses()
    {
        _configuration[0, 3, 0] = new(0x1af4, 0x1041);
        PciFunction function = Assert.Single(Enumerate());
        long before = _counters[PathEvent.RegisterRead];
        PathCounters own = new("nic0");

        function.Claim(own);
        _ = function.Read16(PciRegister.Status);

        Assert.Equal(1, own[PathEvent.RegisterRead]);
        Assert.Equal(before, _counters[PathEvent.RegisterRead]);
    }

    private static FakeFunction Bridge(byte secondary)
    {
        FakeFunction bridge = new(0x1b36, 0x000c, 0x0604_0000);
        bridge.Bytes[PciRegister.HeaderType] = 1;
        bridge.Bytes[PciRegister.SecondaryBus] = secondary;
        return bridge;
    }

    private PciFunction[] Enumerate() => PciBus.Enumerate(_platform, _configuration, _counters);
}
