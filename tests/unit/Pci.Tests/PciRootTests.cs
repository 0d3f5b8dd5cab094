using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;
using Xunit;

namespace Guest.Pci.Tests;

/// <summary>Several roots, and what firmware has left undone: numbers of buses, places of regions, lines.</summary>
public class PciRootTests
{
    private static readonly PciWindow[] s_windows =
        [new(0xc000_0000, 0xcfff_ffff, IsIo: false), new(0xc000, 0xffff, IsIo: true)];

    private readonly PathCounters _counters = new("pci");
    private readonly FakePlatform _platform = new();
    private readonly FakeConfiguration _configuration;
    private readonly PciBus _bus;

    public PciRootTests()
    {
        _configuration = new(_counters);
        _bus = new(_platform, _counters);
    }

    [Fact]
    public void What_is_behind_a_further_root_is_found()
    {
        _configuration[0, 3, 0] = new(0x1af4, 0x1000);
        _configuration[0x80, 0, 0] = Bridge(secondary: 0x81, subordinate: 0x81);
        _configuration[0x81, 0, 0] = new(0x1af4, 0x1041);

        AddRoot(0);
        AddRoot(0x80);

        Assert.Equal([new(0, 3, 0), new(0x80, 0, 0), new PciAddress(0x81, 0, 0)], _bus.Functions.Select(f => f.Address));
    }

    [Fact]
    public void A_root_whose_bus_was_found_behind_another_one_is_not_listed_twice()
    {
        _configuration[0, 1, 0] = Bridge(secondary: 4, subordinate: 4);
        _configuration[4, 0, 0] = new(0x1af4, 0x1041);

        AddRoot(0);
        AddRoot(4);

        Assert.Equal(2, _bus.Functions.Length);
    }

    [Fact]
    public void The_same_bus_of_another_segment_is_another_bus()
    {
        FakeConfiguration other = new(_counters);
        other[0, 1, 0] = new(0x1af4, 0x1041);
        _configuration[0, 1, 0] = new(0x1af4, 0x1042);

        AddRoot(0);
        _bus.Add(new PciRoot(other, segment: 1, firstBus: 0, lastBus: 255, s_windows));

        Assert.Equal([0x1042, 0x1041], _bus.Functions.Select(f => (int)f.DeviceId));
    }

    [Fact]
    public void Bridges_that_firmware_has_not_numbered_are_numbered_behind_those_that_it_has()
    {
        FakeFunction unnumbered = Bridge(0, 0);
        FakeFunction further = Bridge(0, 0);
        _configuration[0, 1, 0] = unnumbered;
        _configuration[0, 2, 0] = Bridge(secondary: 1, subordinate: 2);
        _configuration[1, 0, 0] = new(0x8086, 0x100e);
        _configuration[3, 0, 0] = further;
        _configuration[4, 5, 0] = new(0x1af4, 0x1041);

        AddRoot(0);

        Assert.Equal((3, 4), (unnumbered.Bytes[0x19], unnumbered.Bytes[0x1a]));
        Assert.Equal((3, 4, 4), (further.Bytes[0x18], further.Bytes[0x19], further.Bytes[0x1a]));
        Assert.Contains(_bus.Functions, f => f.Address == new PciAddress(4, 5, 0));
    }

    [Fact]
    public void Numbers_of_buses_end_where_the_root_ends()
    {
        _configuration[0xfe, 1, 0] = Bridge(0, 0);
        _configuration[0xfe, 2, 0] = Bridge(0, 0);
        _configuration[0xff, 0, 0] = new(0x1af4, 0x1041);

        AddRoot(0xfe);

        Assert.Equal(3, _bus.Functions.Length);
    }

    [Fact]
    public void Regions_without_a_place_get_places_of_their_own_beside_those_that_have_one()
    {
        FakeFunction placed = new(0x8086, 0x100e);
        placed.AddMemoryBar(0, 0xcffe_0000, 0x2_0000);
        placed.AddPortBar(1, 0xffc0, 0x40);
        FakeFunction unplaced = new(0x1af4, 0x1041);
        unplaced.AddMemoryBar(0, 0, 0x1000);
        unplaced.AddPortBar(1, 0, 0x20);
        unplaced.AddWideBar(4, 0, 0x4000);
        _configuration[0, 2, 0] = placed;
        _configuration[0, 3, 0] = unplaced;
        AddRoot(0);

        PciFunction function = _bus.Functions[1];

        Assert.Equal(new PciBar(0xcffd_f000, 0x1000, IsIo: false, Is64Bit: false), function.Bar(0));
        Assert.Equal(new PciBar(0xffa0, 0x20, IsIo: true, Is64Bit: false), function.Bar(1));
        Assert.Equal(new PciBar(0xcffd_8000, 0x4000, IsIo: false, Is64Bit: true), function.Bar(4));
        Assert.Equal(0xcffd_f000, unplaced.Get32(PciRegister.BaseAddress0));
        Assert.Equal(0, unplaced.BarWritesWhileDecoding);
    }

    [Fact]
    public void Behind_a_bridge_regions_lie_in_its_window()
    {
        FakeFunction bridge = Bridge(secondary: 1, subordinate: 1);
        bridge.Set32(PciRegister.MemoryWindow, 0xc110_c100);
        FakeFunction nic = new(0x1af4, 0x1041);
        nic.AddMemoryBar(0, 0, 0x1000);
        _configuration[0, 1, 0] = bridge;
        _configuration[1, 0, 0] = nic;
        AddRoot(0);

        Assert.Equal(0xc11f_f000u, _bus.Functions[1].Bar(0).Address);
    }

    [Fact]
    public void A_bridge_that_passes_nothing_on_is_opened_for_what_is_behind_it()
    {
        FakeFunction bridge = Bridge(secondary: 1, subordinate: 1);
        FakeFunction nic = new(0x1af4, 0x1041);
        nic.AddMemoryBar(0, 0, 0x40_0000);
        _configuration[0, 1, 0] = bridge;
        _configuration[1, 0, 0] = nic;
        AddRoot(0);

        ulong address = _bus.Functions[1].Bar(0).Address;

        uint window = bridge.Get32(PciRegister.MemoryWindow);
        Assert.InRange(address, (window & 0xfff0) << 16, window & 0xfff0_0000);
        Assert.InRange(address, s_windows[0].First, s_windows[0].Last);
        Assert.Equal(7, bridge.Get16(PciRegister.Command) & 7);
    }

    [Fact]
    public void A_region_for_which_there_is_no_room_has_no_place()
    {
        FakeFunction greedy = new(0x1af4, 0x1041);
        greedy.AddMemoryBar(0, 0, 0x8000_0000);
        _configuration[0, 1, 0] = greedy;
        AddRoot(0);

        Assert.False(_bus.Functions[0].Bar(0).IsUsable);
        Assert.Null(_bus.Functions[0].OpenBar(0));
    }

    [Fact]
    public void A_pin_without_a_note_of_firmware_has_the_line_that_the_board_names()
    {
        FakeFunction nic = new(0x8086, 0x100e);
        nic.Set16(PciRegister.InterruptLine, 0x0100);
        _configuration[0, 2, 0] = Bridge(secondary: 1, subordinate: 1);
        _configuration[1, 3, 0] = nic;
        int[] lines = new int[128];
        lines[(2 * 4) + 3] = 21; // pin A of device 3 is pin D before the bridge
        _bus.Add(new PciRoot(_configuration, 0, 0, 255, s_windows) { Lines = lines });

        Assert.Equal(21, _bus.Functions[1].InterruptLine);
    }

    [Fact]
    public void Regions_of_configuration_space_are_read_from_their_table()
    {
        McfgRegions regions = new([.. new byte[44],
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0,
            0, 0, 0, 0xb0, 0, 0, 0, 0, 1, 0, 0x40, 0x7f, 0, 0, 0, 0,
            1, 2, 3]);

        Assert.True(regions.TryNext(out EcamRegion region));
        Assert.False(regions.TryNext(out _));
        Assert.Equal(new EcamRegion(0xb000_0000, 1, 0x40, 0x7f), region);
        Assert.True(region.Holds(1, 0x40));
        Assert.False(region.Holds(1, 0x3f));
    }

    [Fact]
    public void What_comes_later_is_found_alone_and_what_has_gone_can_come_again()
    {
        PciRoot root = new(_configuration, 0, 0, 255, s_windows);
        _configuration[0, 3, 0] = Bridge(secondary: 1, subordinate: 1);
        _bus.Add(root);
        PciFunction bridge = Assert.Single(_bus.Functions);
        for (int round = 0; round < 3; round++)
        {
            FakeFunction nic = new(0x1af4, 0x1041);
            nic.AddMemoryBar(0, 0, 0x1000);
            _configuration[1, 0, 0] = nic;

            PciFunction found = Assert.Single(_bus.FindNew(root, bridge));

            Assert.True(found.Bar(0).IsUsable);
            Assert.Empty(_bus.FindNew(root, bridge));
            Assert.Equal([found], root.FindDevice(1, 0));
            _configuration.Remove(1, 0, 0);
            _bus.Forget(found);
            Assert.Empty(root.FindDevice(1, 0));
        }
    }

    [Fact]
    public void A_chip_that_comes_back_is_the_function_that_was_there_and_has_its_places_again()
    {
        PciRoot root = new(_configuration, 0, 0, 255, s_windows);
        _bus.Add(root);
        PciFunction first = Come(Nic(0x1041));
        ulong place = first.Bar(0).Address;
        Go(first);

        PciFunction other = Come(Nic(0x1042));
        Assert.NotSame(first, other);
        Assert.Equal(place, other.Bar(0).Address);
        Go(other);

        Assert.Same(first, Come(Nic(0x1041)));
        Assert.Equal(place, _configuration.Read32(new(0, 3, 0), PciRegister.BaseAddress0));
        Go(first);
        FakeFunction larger = Nic(0x1041, length: 0x2000);
        Assert.NotSame(first, Come(larger));

        PciFunction Come(FakeFunction function)
        {
            _configuration[0, 3, 0] = function;
            PciFunction found = Assert.Single(_bus.FindNew(root, null));
            Assert.True(found.Bar(0).IsUsable);
            return found;
        }

        void Go(PciFunction function)
        {
            _configuration.Remove(0, 3, 0);
            _bus.Forget(function);
        }

        static FakeFunction Nic(ushort id, uint length = 0x1000)
        {
            FakeFunction nic = new(0x1af4, id);
            nic.AddMemoryBar(0, 0, length);
            return nic;
        }
    }

    [Fact]
    public void A_place_that_another_has_taken_meanwhile_is_not_taken_again()
    {
        PciRoot root = new(_configuration, 0, 0, 255, s_windows);
        _bus.Add(root);
        FakeFunction[] nics = [new(0x1af4, 0x1041), new(0x1af4, 0x1041)];
        foreach (FakeFunction nic in nics)
            nic.AddMemoryBar(0, 0, 0x1000);
        _configuration[0, 3, 0] = nics[0];
        PciFunction first = Assert.Single(_bus.FindNew(root, null));
        ulong place = first.Bar(0).Address;
        _configuration.Remove(0, 3, 0);
        _bus.Forget(first);
        _configuration[0, 4, 0] = nics[1];
        Assert.Equal(place, Assert.Single(_bus.FindNew(root, null)).Bar(0).Address);

        nics[0].Unplug();
        _configuration[0, 3, 0] = nics[0];
        PciFunction again = Assert.Single(_bus.FindNew(root, null));

        Assert.NotSame(first, again);
        Assert.True(again.Bar(0).IsUsable);
        Assert.NotEqual(place, again.Bar(0).Address);
    }

    [Fact]
    public void Of_all_the_chips_that_were_at_an_address_only_the_last_few_stay_mapped()
    {
        FakePlatform platform = new();
        platform.AddMemory(0, 1UL << 32, (_, counters) => new ByteWindow(new byte[4], 0, counters));
        PciBus bus = new(platform, new PathCounters("pci"));
        PciRoot root = new(_configuration, 0, 0, 255, s_windows);
        bus.Add(root);
        int most = 0;
        for (int i = 0; i < 1000; i++)
        {
            FakeFunction nic = new(0x1af4, (ushort)(0x1040 + (i % 50)));
            nic.AddMemoryBar(0, 0, 0x1000);
            _configuration[0, 3, 0] = nic;
            PciFunction found = Assert.Single(bus.FindNew(root, null));
            Assert.NotNull(found.OpenBar(0));
            _configuration.Remove(0, 3, 0);
            bus.Forget(found);
            most = System.Math.Max(most, platform.Mapped.Count);
        }

        Assert.InRange(most, 1, 10);
    }

    [Fact]
    public void With_a_bridge_goes_what_is_behind_it()
    {
        PciRoot root = new(_configuration, 0, 0, 255, s_windows);
        _configuration[0, 3, 0] = Bridge(secondary: 1, subordinate: 1);
        _configuration[1, 0, 0] = new(0x1af4, 0x1041);
        _bus.Add(root);

        _bus.Forget(_bus.Functions[0]);

        Assert.Empty(_bus.Functions);
        Assert.Equal(2, _bus.FindNew(root, null).Count);
    }

    private void AddRoot(byte firstBus) => _bus.Add(new PciRoot(_configuration, 0, firstBus, 255, s_windows));

    private static FakeFunction Bridge(byte secondary, byte subordinate)
    {
        FakeFunction bridge = new(0x1b36, 0x000c, 0x0604_0000);
        bridge.Bytes[PciRegister.HeaderType] = 1;
        bridge.Bytes[PciRegister.SecondaryBus] = secondary;
        bridge.Bytes[PciRegister.SecondaryBus + 1] = subordinate;
        return bridge;
    }
}
