using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Guest.Core;
using Guest.Core.Aml;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Power;
using Guest.Pci;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>What firmware says of the board, as far as the kernel wants to know: where its devices are.</summary>
internal sealed class Board
{
    private const byte LastBus = 255;
    private const byte HostBridgeClass = 6;

    // Where nobody says what a host bridge passes on: the top of the hole below 4 GiB that PCs leave, and the ports that firmware gives out.
    private static readonly PciWindow[] s_usualWindows =
    [
        new(0xf000_0000, 0xfbff_ffff, IsIo: false), new(0xc000, 0xffff, IsIo: true), new(0x1000, 0x9fff, IsIo: true),
    ];

    private const ulong FirstMegabyte = 0x10_0000;
    private const ulong FirstFreePort = 0x1000;
    private const ulong BoardsOwnPorts = 0xa000; // up to the ports that firmware gives out: power management, hot plug
    private const ulong FirstGivenPort = 0xc000;

    private readonly Platform _platform;
    private readonly PathCounters _counters = new("pci");
    private readonly List<AmlNode> _hosts = [];
    private readonly List<PciRoot?> _hostRoots = [];
    private readonly List<EcamRegion> _ecam = [];
    private readonly List<ConfigurationAccess> _ecamAccess = [];
    private PortConfigurationAccess? _ports;

    private Board(Platform platform, Acpi? acpi)
    {
        _platform = platform;
        Pci = new PciBus(platform, _counters);
        Names = new AmlNamespace();
        if (acpi is not null)
            Read(acpi);
        FindRoots();
        if (Pci.Functions is { Length: > 0 } functions && functions[0].Root is { Lines.Length: 0 } first)
            ChipsetLines.Apply(first, functions);
    }

    /// <summary>What is on PCI, behind every host bridge.</summary>
    public PciBus Pci { get; }

    /// <summary>What the firmware's tables name.</summary>
    public AmlNamespace Names { get; }

    /// <summary>The board's own registers; null where no table tells of them.</summary>
    public Fadt? FixedTable { get; private set; }

    /// <summary>The virtio devices without a bus that firmware names.</summary>
    public List<VirtioMmioSlot> MmioSlots { get; } = [];

    /// <summary>Reads the tables and lists what is on PCI, through the memory-mapped configuration space where firmware names one, else by
    /// ports.</summary>
    public static Board Read(Platform platform, ulong acpiRoot) => new(platform, Acpi.TryOpen(platform, acpiRoot));

    /// <summary>Finds the bus behind a device of the tables.</summary>
    /// <param name="node">A host bridge, or a bridge somewhere behind one.</param>
    /// <param name="root">The root that the bus is behind.</param>
    /// <param name="bridge">The bridge before the bus; null for the root's own.</param>
    public bool TryFindBus(AmlNode node, [NotNullWhen(true)] out PciRoot? root, out PciFunction? bridge)
    {
        bridge = null;
        root = null;
        if (IsHostBridge(node))
        {
            int index = _hosts.IndexOf(node);
            root = index < 0 ? null : _hostRoots[index];
            return root is not null;
        }

        if (node.Parent is null || !TryFindBus(node.Parent, out root, out PciFunction? before))
            return false;
        byte bus = before?.SecondaryBus ?? root.FirstBus;
        bridge = root.Find(new PciAddress(bus, (byte)(node.Address >> 16), (byte)node.Address));
        return bridge is { IsBridge: true };
    }

    private static bool IsHostBridge(AmlNode node) => node.IsPresent && (node.Is("PNP0A03"u8) || node.Is("PNP0A08"u8));

    private void Read(Acpi acpi)
    {
        McfgRegions regions = new(acpi.Find("MCFG"u8));
        while (regions.TryNext(out EcamRegion region))
            Add(region);

        MadtIoApics controllers = new(acpi.Find("APIC"u8));
        while (controllers.TryNext(out uint address, out uint firstLine))
            _platform.AddIoApic(address, (int)firstLine);

        if (Fadt.TryRead(acpi.Find("FACP"u8)) is { } fixedTable)
        {
            FixedTable = fixedTable;
            Names.Load(acpi.OpenDescription(fixedTable.Dsdt));
        }

        for (int i = 0; acpi.FindDescription(i) is { IsEmpty: false } table; i++)
            Names.Load(table);
        for (AmlNode? node = Names.Root; node is not null; node = AmlNamespace.Next(node))
        {
            if (node.IsPresent && node.Is("LNRO0005"u8))
                AddSlot(node);
        }
    }

    private void Add(EcamRegion region)
    {
        _ecam.Add(region);
        _ecamAccess.Add(new EcamConfigurationAccess(_platform, region, _counters));
    }

    private void AddSlot(AmlNode node)
    {
        ulong first = 0;
        ulong length = 0;
        int line = -1;
        ResourceTemplate resources = new(node.Resources);
        while (resources.TryNext(out FirmwareResource resource))
        {
            if (resource.Kind == FirmwareResourceKind.Memory && length == 0)
                (first, length) = (resource.First, resource.Last - resource.First + 1);
            else if (resource.Kind == FirmwareResourceKind.Interrupt && line < 0)
                line = (int)resource.First;
        }

        if (length != 0 && line >= 0)
            MmioSlots.Add(new VirtioMmioSlot(first, length, line));
    }

    private void FindRoots()
    {
        bool named = false;
        for (AmlNode? node = Names.Root; node is not null; node = AmlNamespace.Next(node))
        {
            if (!IsHostBridge(node))
                continue;
            named = true;
            AddRoot(node);
        }

        // A board that names its virtio devices would name its host bridge too.
        if (named || MmioSlots.Count != 0)
            return;
        AddRoot(segment: 0, firstBus: 0, LastBus, s_usualWindows, []);
        AddUnnamedRoots();
    }

    private void AddRoot(AmlNode host)
    {
        int first = host.BaseBus;
        byte last = LastBus;
        List<PciWindow> windows = [];
        List<PciWindow> above = [];
        ResourceTemplate resources = new(host.Resources);
        while (resources.TryNext(out FirmwareResource resource))
        {
            if (!resource.IsWindow)
                continue;
            if (resource.Kind == FirmwareResourceKind.Buses && resource.Last <= LastBus)
            {
                last = (byte)resource.Last;
                if (first < 0)
                    first = (byte)resource.First;
            }
            else if (resource.Kind == FirmwareResourceKind.Memory && resource.Last >= FirstMegabyte)
                (resource.First > uint.MaxValue ? above : windows).Add(new(resource.First, resource.Last, IsIo: false));
            else if (resource.Kind == FirmwareResourceKind.Ports)
                AddPorts(windows, resource);
        }

        foreach (PciWindow window in above)
            windows.Add(window);
        if (host.ConfigurationBase != 0 && _ecam.Count == 0)
            Add(new EcamRegion(host.ConfigurationBase, host.Segment, (byte)Math.Max(first, 0), last));
        _hosts.Add(host);
        _hostRoots.Add(AddRoot(
            host.Segment, (byte)Math.Max(first, 0), last, windows.Count == 0 ? s_usualWindows : windows.ToArray(), PciRoutingTable.Read(host)));
    }

    private static void AddPorts(List<PciWindow> windows, FirmwareResource ports)
    {
        Add(windows, Math.Max(ports.First, FirstGivenPort), ports.Last);
        Add(windows, Math.Max(ports.First, FirstFreePort), Math.Min(ports.Last, BoardsOwnPorts - 1));

        static void Add(List<PciWindow> windows, ulong first, ulong last)
        {
            if (first <= last)
                windows.Add(new(first, last, IsIo: true));
        }
    }

    private PciRoot? AddRoot(ushort segment, byte firstBus, byte lastBus, PciWindow[] windows, int[] lines)
    {
        if (AccessTo(segment, firstBus) is not { } access)
            return null;
        PciRoot root = new(access, segment, firstBus, lastBus, windows) { Lines = lines };
        Pci.Add(root);
        return root;
    }

    /// <summary>Ports reach segment 0 alone.</summary>
    private ConfigurationAccess? AccessTo(ushort segment, byte bus)
    {
        for (int i = 0; i < _ecam.Count; i++)
        {
            if (_ecam[i].Holds(segment, bus))
                return _ecamAccess[i];
        }

        return segment == 0 ? _ports ??= new PortConfigurationAccess(_platform, _counters) : null;
    }

    /// <summary>Without the tables, a further host bridge shows on bus 0 as a function: only where there is one are the other buses looked at.</summary>
    private void AddUnnamedRoots()
    {
        int bridges = 0;
        foreach (PciFunction function in Pci.Functions)
        {
            if (function is { BaseClass: HostBridgeClass, SubClass: 0, Address.Bus: 0 })
                bridges++;
        }

        for (int bus = 1; bridges > 1 && bus <= LastBus; bus++)
            AddRoot(segment: 0, (byte)bus, LastBus, s_usualWindows, []);
    }
}
