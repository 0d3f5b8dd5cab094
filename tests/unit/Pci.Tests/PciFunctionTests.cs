using FsCheck.Xunit;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Testing;
using Xunit;

namespace Guest.Pci.Tests;

public class PciFunctionTests
{
    private readonly PathCounters _counters = new("pci");
    private readonly FakePlatform _platform = new();
    private readonly FakeFunction _fake = new(0x1af4, 0x1041);

    [Fact]
    public void A_32_bit_region_has_its_address_and_size_and_is_left_as_it_was()
    {
        _fake.AddMemoryBar(1, 0xfebd_1000, 0x1000);
        _fake.Set16(PciRegister.Command, 7);

        Assert.Equal(new PciBar(0xfebd_1000, 0x1000, IsIo: false, Is64Bit: false), Function().Bar(1));

        Assert.Equal(0xfebd_1000, _fake.Get32(PciRegister.BaseAddress0 + 4));
        Assert.Equal(7, _fake.Get16(PciRegister.Command));
        Assert.Equal(0, _fake.BarWritesWhileDecoding);
    }

    [Fact]
    public void A_64_bit_region_above_4_GiB_is_mapped_where_it_is()
    {
        _fake.AddWideBar(4, 0x38_0000_4000, 0x4000);
        _platform.AddMemory(0x38_0000_4000, 0x4000, (at, counters) => new ByteWindow(new byte[0x4000], (int)at, counters));

        PciFunction function = Function();
        Assert.Equal(new PciBar(0x38_0000_4000, 0x4000, IsIo: false, Is64Bit: true), function.Bar(4));
        Assert.Equal(default, function.Bar(5));
        Assert.NotNull(function.OpenBar(4, 0x1000));
        Assert.NotNull(function.OpenBar(4, 0x3000));
        Assert.Equal([(0x38_0000_4000, 0x4000)], _platform.Mapped);
    }

    [Fact]
    public void A_region_larger_than_4_GiB_has_its_size()
    {
        _fake.AddWideBar(2, 0x100_0000_0000, 0x4_0000_0000);

        Assert.Equal(0x4_0000_0000u, Function().Bar(2).Length);
    }

    [Fact]
    public void A_run_of_ports_has_its_first_and_count()
    {
        _fake.AddPortBar(0, 0xc060, 32);

        Assert.Equal(new PciBar(0xc060, 32, IsIo: true, Is64Bit: false), Function().Bar(0));
    }

    [Fact]
    public void A_region_that_is_absent_unplaced_or_too_short_is_not_opened()
    {
        _fake.AddMemoryBar(1, 0, 0x1000);
        _fake.AddMemoryBar(2, 0x8000_0000, 0x1000);
        PciFunction function = Function();

        Assert.Null(function.OpenBar(0));
        Assert.Null(function.OpenBar(1));
        Assert.Null(function.OpenBar(2, 0xff0, 0x20));
        Assert.Null(function.OpenBar(6));
    }

    [Fact]
    public void Capabilities_are_found_one_after_another()
    {
        int first = _fake.AddCapability(PciCapability.VendorSpecific, 16);
        _fake.AddCapability(PciCapability.MsiX, 12);
        int second = _fake.AddCapability(PciCapability.VendorSpecific, 16);
        PciFunction function = Function();

        Assert.Equal(first, function.FindCapability(PciCapability.VendorSpecific));
        Assert.Equal(second, function.FindCapability(PciCapability.VendorSpecific, first));
        Assert.Equal(0, function.FindCapability(PciCapability.VendorSpecific, second));
        Assert.Equal(0, function.FindCapability(PciCapability.Msi));
    }

    [Fact]
    public void Without_the_status_bit_there_are_no_capabilities()
    {
        _fake.AddCapability(PciCapability.MsiX, 12);
        _fake.Set16(PciRegister.Status, 0);

        Assert.Equal(0, Function().FindCapability(PciCapability.MsiX));
    }

    [Fact]
    public void A_capability_that_reaches_behind_the_end_reads_as_ones_and_is_not_written_there()
    {
        _fake.Set16(PciRegister.Status, 1 << 4);
        _fake.Bytes[PciRegister.CapabilitiesPointer] = 0xfc;
        _fake.Set32(0xfc, PciCapability.VendorSpecific);
        PciFunction function = Function();

        int at = function.FindCapability(PciCapability.VendorSpecific);

        Assert.Equal(0xfc, at);
        Assert.Equal((uint.MaxValue, ushort.MaxValue, byte.MaxValue), (function.Read32(at + 8), function.Read16(at + 6), function.Read8(at + 5)));
        byte[] before = [.. _fake.Bytes];
        function.Write16(at + 8, 0);
        function.Write32(at + 12, 0);
        Assert.Equal(before, _fake.Bytes);
    }

    [Property]
    public bool Any_list_of_capabilities_ends(byte[] noise, byte pointer)
    {
        FakeFunction fake = new(0x1af4, 0x1041);
        for (int i = 0x40; i < 256 && noise.Length != 0; i++)
            fake.Bytes[i] = noise[i % noise.Length];
        fake.Set16(PciRegister.Status, 1 << 4);
        fake.Bytes[PciRegister.CapabilitiesPointer] = pointer;
        PciFunction function = FunctionOf(fake);

        int steps = 0;
        for (int at = function.FindCapability(9); at != 0 && steps < 64; at = function.FindCapability(9, at))
            steps++;
        return steps < 64;
    }

    [Fact]
    public void Mechanism_1_puts_address_and_data_at_CF8_and_CFC()
    {
        byte[] ports = new byte[8];
        _platform.AddPorts(0xcf8, 8, (at, counters) => new ByteWindow(ports, at, counters, ports: true));
        PortConfigurationAccess access = new(_platform, _counters);

        access.Write32(new(1, 2, 3), 0x14, 0xaabb_ccdd);

        Assert.Equal([0x14, 0x13, 0x01, 0x80, 0xdd, 0xcc, 0xbb, 0xaa], ports);
        Assert.Equal(0xcc, access.Read8(new(1, 2, 3), 0x15));
        Assert.Equal((3, 1), (_counters[PathEvent.PortWrite], _counters[PathEvent.PortRead]));
        Assert.Equal(uint.MaxValue, access.Read32(new(1, 2, 3), 0x100));
    }

    [Fact]
    public void Ecam_gives_each_function_4_KiB_and_maps_a_bus_once()
    {
        byte[] bus1 = new byte[1 << 20];
        bus1[(2 << 15) + (3 << 12) + 0x102] = 0x42;
        _platform.AddMemory(0xb010_0000, 1 << 20, (at, counters) => new ByteWindow(bus1, (int)at, counters));
        EcamConfigurationAccess access = new(_platform, new EcamRegion(0xb000_0000, 0, 0, 1), _counters);

        Assert.Equal(0x42, access.Read8(new(1, 2, 3), 0x102));
        Assert.Equal(0x42, access.CountedFor(new("nic0")).Read8(new(1, 2, 3), 0x102));
        Assert.Equal(uint.MaxValue, access.Read32(new(2, 0, 0), 0));
        Assert.Equal([(0xb010_0000, 1 << 20)], _platform.Mapped);
    }

    [Theory]
    [InlineData(0x38_0000_0000, 1UL << 27)]           // longer than that of any device
    [InlineData(0xff00_0038_0000_0000, 0x4000)]       // beyond every processor's reach
    [InlineData(0xffff_ffff_ffff_c000, 0x4000)]
    public void A_region_that_no_device_can_have_is_not_mapped(ulong address, ulong length)
    {
        _fake.AddWideBar(4, address, length);
        PciFunction function = Function();

        Assert.Null(function.OpenBar(4, 0, 4));
        Assert.Empty(_platform.Mapped);
    }

    private PciFunction Function() => FunctionOf(_fake);

    private PciFunction FunctionOf(FakeFunction fake)
    {
        FakeConfiguration configuration = new(_counters) { [0, 3, 0] = fake };
        return Assert.Single(PciBus.Enumerate(_platform, configuration, _counters));
    }
}
