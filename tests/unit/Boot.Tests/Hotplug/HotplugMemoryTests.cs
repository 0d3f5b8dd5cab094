using System;
using System.Reflection;
using System.Text;
using Guest.Boot.Hotplug;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Devices.Tests.E1000;
using Guest.Net.Devices.Tests.Ne2000;
using Guest.Net.Devices.Tests.Rtl8139;
using Guest.Net.Stack;
using Guest.Net.Wire;
using Guest.Pci;
using Guest.Pv;
using Guest.Pv.Virtio;
using Guest.Storage;
using Guest.Storage.Tests;
using Guest.Storage.Tests.Virtio;
using Guest.Testing;

namespace Guest.Boot.Tests.Hotplug;

/// <summary>Cards and disks that come and go take memory the first times, and then none.</summary>
[Collection(nameof(RunLoop))]
public sealed class HotplugMemoryTests
{
    private const int Rounds = 1000;

    // Tables grow once by what was never seen before, and a collection in between counts what is left of the thread's allocation context, up to 8 KiB; an object each time
    // would be 24 bytes a round at the least.
    private const int MostTaken = 16 * Rounds;
    private const ulong RegionsAt = 0xfe00_0000;
    private const uint RegionsLength = 0x100_0000;
    private const ushort PortsAt = 0xc000;

    private static readonly PciWindow[] s_windows =
        [new(RegionsAt, RegionsAt + RegionsLength - 1, IsIo: false), new(PortsAt, 0xffff, IsIo: true)];

    private readonly PathCounters _model = new("model");
    private readonly FakeConfiguration _configuration = new(new PathCounters("pci"));

    public static TheoryData<string> Cards =>
        ["virtio", "virtio-packed", "virtio-legacy", "e1000", "e1000e", "rtl8139", "rtl8139c+", "ne2000"];

    [Theory]
    [MemberData(nameof(Cards))]
    public void A_card_that_comes_a_thousand_times_takes_no_memory(string kind)
    {
        FakePlatform platform = new();
        FakeFunction card = Card(kind, platform);
        Machine machine = new(platform, _configuration, kind is "rtl8139" or "ne2000" or "e1000" or "e1000e" ? kind : "auto");

        long taken = machine.TakenBy(Rounds, () => machine.ComeAndGo(card));

        Assert.Equal(Rounds + Machine.WarmUp, machine.CardsSeen);
        Assert.InRange(taken, 0, MostTaken);
    }

    [Fact]
    public void Cards_of_several_kinds_in_one_place_take_no_memory_once_each_was_there()
    {
        FakePlatform platform = new();
        FakeFunction[] cards = [Card("e1000", platform), Card("rtl8139c+", platform), Card("virtio", platform)];
        Machine machine = new(platform, _configuration, "auto", Machine.FixedAddress);

        long taken = machine.TakenBy(Rounds, () =>
        {
            foreach (FakeFunction card in cards)
                machine.ComeAndGo(card);
        });

        Assert.Equal(cards.Length * (Rounds + Machine.WarmUp), machine.CardsSeen);
        Assert.InRange(taken, 0, MostTaken);
    }

    [Fact]
    public void A_disk_that_comes_a_thousand_times_takes_no_memory()
    {
        ModelVirtioDisk disk = new((ulong)(VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors) | (1 << 2) | (1 << 6) | (1 << 9));
        ModelPciVirtio model = new(disk.Device);
        Machine machine = new(model.Platform, _configuration, "auto");
        int sectors = 0;

        long taken = machine.TakenBy(Rounds, () =>
        {
            disk.Put64(0, (ulong)(1024 + (++sectors % 2 * 1024)));
            machine.ComeAndGo(model.Function);
            disk.Device.StatusWrites.Clear();
        });

        Assert.Equal(Rounds + Machine.WarmUp, machine.DisksSeen);
        Assert.Equal("serial-4711", machine.LastSerial);
        Assert.Equal(2048 * 512, machine.LastCapacity);
        Assert.InRange(taken, 0, MostTaken);
    }

    [Theory]
    [InlineData("ahci")]
    [InlineData("ide")]
    public void A_controller_that_comes_a_thousand_times_with_two_disks_takes_no_memory(string kind)
    {
        ModelAtaDrive first = new(1 << 20);
        ModelAtaDrive second = new(2 << 20);
        ModelAhci ahci = new(first, second);
        ModelIde ide = new(first, second);
        Machine machine = new(kind == "ahci" ? ahci.Platform : ide.Platform, _configuration, "auto");
        int round = 0;

        long taken = machine.TakenBy(Rounds, () =>
        {
            // Each time another disk, with a number that none had before.
            long mark = Machine.Mark();
            first.SetSerial("SERIAL" + (++round));
            machine.ExcludeSince(mark);
            machine.ComeAndGo(kind == "ahci" ? ahci.Chip : ide.Chip);
        });

        Assert.Equal(2 * (Rounds + Machine.WarmUp), machine.DisksSeen);
        Assert.Equal("SERIAL" + round, machine.LastSerial);
        Assert.InRange(taken, 0, MostTaken);
    }

    [Fact]
    public void A_controller_whose_disk_cannot_be_used_takes_no_memory_when_it_comes_again()
    {
        ModelAtaDrive drive = new(1 << 20);
        drive.Identify[1] |= 0x80; // word 0: not an ATA disk
        ModelAhci ahci = new(drive);
        Machine machine = new(ahci.Platform, _configuration, "auto");

        long taken = machine.TakenBy(Rounds, () => machine.ComeAndGo(ahci.Chip));

        Assert.Equal(0, machine.DisksSeen);
        Assert.InRange(taken, 0, MostTaken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disk_that_an_application_opens_and_has_open_when_it_goes_takes_no_memory(bool isAhci)
    {
        ModelVirtioDisk disk = new((ulong)(VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors) | (1 << 2) | (1 << 6) | (1 << 9));
        ModelPciVirtio model = new(disk.Device);
        ModelAhci ahci = new(new ModelAtaDrive(1 << 20));
        Machine machine = new(isAhci ? ahci.Platform : model.Platform, _configuration, "auto") { OpensDisks = true };

        long taken = machine.TakenBy(Rounds, () =>
        {
            machine.ComeAndGo(isAhci ? ahci.Chip : model.Function);
            disk.Device.StatusWrites.Clear();
        });

        Assert.Equal(Rounds + Machine.WarmUp, machine.DisksSeen);
        Assert.Equal(Rounds + Machine.WarmUp, machine.GoneSeen);
        Assert.InRange(taken, 0, MostTaken);
    }

    private FakeFunction Card(string kind, FakePlatform platform)
    {
        FakeFunction card;
        switch (kind)
        {
            case "virtio" or "virtio-packed" or "virtio-legacy":
                return Virtio(kind, platform);
            case "e1000" or "e1000e":
                bool is82574 = kind == "e1000e";
                E1000Chip chip = new(_model, is82574);
                platform.AddMemory(RegionsAt, RegionsLength, (_, _) => chip);
                card = new(0x8086, (ushort)(is82574 ? 0x10d3 : 0x100e));
                card.AddMemoryBar(0, 0, 0x20000);
                break;
            case "ne2000":
                Ne2000Chip ne2000 = new(_model);
                platform.AddPorts(PortsAt, 0x4000, (_, _) => ne2000);
                card = new(0x10ec, 0x8029);
                card.AddPortBar(0, 0, 0x20);
                break;
            default:
                Rtl8139Chip rtl8139 = new(_model);
                platform.AddPorts(PortsAt, 0x4000, (_, _) => rtl8139);
                card = new(0x10ec, 0x8139, 0x0200_0020);
                card.AddPortBar(0, 0, 0x100);
                break;
        }

        card.Set16(PciRegister.InterruptLine, 0x010b);
        return card;
    }

    private static FakeFunction Virtio(string kind, FakePlatform platform)
    {
        byte[] configuration = [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, .. new byte[8]];
        const ulong Mac = 1 << 5;
        const ulong Status = 1 << 16;
        ulong ring = kind switch
        {
            "virtio" => (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex),
            "virtio-packed" => (ulong)(VirtioFeatures.Version1 | VirtioFeatures.PackedRing),
            _ => 0,
        };
        ModelVirtioDevice device = new(type: 1, Mac | Status | ring, configuration, 256, 256);
        ModelMachine model = kind == "virtio-legacy" ? new ModelLegacyPciVirtio(device, msix: false) : new ModelPciVirtio(device);
        platform.Take(model.Platform);
        return model is ModelPciVirtio modern ? modern.Function : ((ModelLegacyPciVirtio)model).Function;
    }

    /// <summary>A machine with an empty bus, on which one device comes and goes.</summary>
    private sealed class Machine
    {
        public const int WarmUp = 5;

        private readonly MeteredPlatform _platform;
        private readonly FakeConfiguration _configuration;
        private readonly NetworkStack _stack = new(1);
        private readonly PciBus _bus;
        private readonly PciRoot _root;
        private readonly DiskSet _disks;
        private readonly PciHotplug _hotplug;
        private readonly BlockRequest[] _flush = [new BlockRequest { Operation = BlockOperation.Flush }];
        private readonly BlockRequest[] _completed = new BlockRequest[1];
        private Disk? _open;
        private long _excluded;

        public Machine(FakePlatform platform, FakeConfiguration configuration, string wanted, InterfaceConfiguration? address = null)
        {
            if (PhysicalMemory.Frames.FreeBytes == 0)
                PhysicalMemory.Frames.Add(1 << 20, 65 << 20, 0, 0);
            _platform = new MeteredPlatform(platform);
            Platform.Install(_platform);
            platform.TimeStep = Duration.FromMicroseconds(1);
            _configuration = configuration;
            _bus = new PciBus(_platform, new PathCounters("pci"));
            _root = new PciRoot(configuration, 0, 0, 255, s_windows);
            _bus.Add(_root);
            MachineDisks disks = new(_platform, DeviceClassWithOption.Any, BlockQueue.UsualTimeout);
            Networks networks = new(_platform, _stack, address ?? InterfaceConfiguration.FromDhcp, wanted);
            disks.OnFound([]);
            _disks = disks.Found;
            Devices devices = new(_platform, board: null, []);
            devices.Add(disks);
            devices.Add(networks);
            _hotplug = new PciHotplug(_bus, devices);
        }

        public int CardsSeen { get; private set; }

        public int DisksSeen { get; private set; }

        public string LastSerial { get; private set; } = "";

        public long LastCapacity { get; private set; }

        /// <summary>How often the disk that was open ended a request as gone.</summary>
        public int GoneSeen { get; private set; }

        public bool OpensDisks { get; init; }

        public static InterfaceConfiguration FixedAddress => InterfaceConfiguration.Fixed(new IpPrefix(IpAddress.FromIpv4(0x0a00_0002), 24));

        /// <summary>Bytes of objects and pages that doing something so often takes, after it was done a few times.</summary>
        public long TakenBy(int times, Action what)
        {
            for (int i = 0; i < WarmUp; i++)
                what();
            long pages = Pages();
            long excluded = _platform.Excluded + _excluded;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++)
                what();
            long objects = GC.GetAllocatedBytesForCurrentThread() - before - (_platform.Excluded + _excluded - excluded);
            return objects + Pages() - pages;
        }

        public void ComeAndGo(FakeFunction function)
        {
            _configuration[0, 3, 0] = function;
            _hotplug.TakeNew(_root, null);
            CardsSeen += _stack.InterfaceCount;
            if (_disks.Count != 0)
            {
                DisksSeen += _disks.Count;
                long mark = Mark();
                LastSerial = Encoding.ASCII.GetString(_disks[0].Device.Identity.Serial);
                ExcludeSince(mark);
                LastCapacity = _disks[0].Device.Limits.Capacity;
                if (OpensDisks)
                    OpenAnother();
            }

            _platform.Processor.RunLoop.Pass();
            _hotplug.Leave(_root.FindDevice(0, 3));
            _platform.Processor.RunLoop.Pass();
            _configuration.Remove(0, 3, 0);
            function.Unplug();
            if (_open is { } open && IsGone(open))
                GoneSeen++;
        }

        /// <summary>Begins what the test does, and the kernel does not.</summary>
        public static long Mark() => GC.GetAllocatedBytesForCurrentThread();

        /// <summary>What was allocated since a mark does not count.</summary>
        public void ExcludeSince(long mark) => _excluded += GC.GetAllocatedBytesForCurrentThread() - mark;

        /// <summary>Opens the disk that has come, and closes the one that has gone.</summary>
        private void OpenAnother()
        {
            Disk? before = _open;
            _open = _disks.Open(_disks[0], 0, LastCapacity);
            before?.Dispose();
        }

        private bool IsGone(Disk disk)
        {
            disk.Submit(_flush);
            _platform.Processor.RunLoop.Pass();
            return disk.Wait(_completed) == 1 && _flush[0].Status == BlockStatus.Gone;
        }

        private static long Pages() => (long)typeof(DeviceMemory).GetField("s_used", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
    }
}
