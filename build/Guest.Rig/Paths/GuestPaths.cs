using System.Collections.Generic;
using System.Linq;

namespace Guest.Rig.Paths;

/// <summary>The table of all paths. A new one is a new row.</summary>
public static class GuestPaths
{
    private static readonly string[] s_mmioDisk = ["-device", "virtio-blk-device,drive={disk}"];

    /// <summary>The ways of packets, the one to start with first.</summary>
    public static IReadOnlyList<GuestPath> Networks { get; } =
    [
        Pci("virtio", "virtio 1.x over PCI, split ring", "virtio-net-pci,disable-legacy=on", "virtio-pci"),
        Pci("virtio-packed", "virtio 1.x over PCI, packed ring", "virtio-net-pci,disable-legacy=on,packed=on", "virtio-pci"),
        Mmio("virtio-mmio", "virtio 1.x over memory-mapped registers, on a machine without PCI", legacy: "false"),
        Mmio("virtio-mmio-legacy", "virtio 0.9.5 over memory-mapped registers, QEMU's default", legacy: "true"),
        Pci("virtio-legacy", "virtio 0.9.5 over PCI", "virtio-net-pci,disable-modern=on,disable-legacy=off", "virtio-pci"),
        Pci("e1000", "Intel 82540EM, emulated", "e1000", "e1000"),
        Pci("e1000e", "Intel 82574L, emulated", "e1000e", "e1000e"),
        Pci("rtl8139", "Realtek RTL8139, emulated, its classic four transmit slots", "rtl8139", "rtl8139") with { KernelOptions = "net=rtl8139" },
        Pci("rtl8139c+", "Realtek RTL8139C+, emulated, its descriptor rings", "rtl8139", "rtl8139") with { KernelOptions = "net=rtl8139c+" },
        Pci("ne2000", "NE2000 on PCI, emulated, every byte through a port", "ne2k_pci", "ne2000") with { Machine = "pc" },
        Xen("xen-pv", "Xen PV domain, netfront and blkfront"),
        Xen("xen-pvh", "Xen PVH domain, netfront and blkfront"),
    ];

    /// <summary>Further ways of blocks: an emulated disk controller, beside virtio's NIC. Where <see cref="Networks"/> does not say
    /// otherwise the disk is virtio's.</summary>
    public static IReadOnlyList<GuestPath> Controllers { get; } =
    [
        Disk("ide", "IDE disk on a PIIX3, bus-master DMA", "pc", "ide", "piix-bmdma", "bmdma"),
        Disk("ide-pio", "IDE disk on a PIIX3, every word through a port", "pc", "ide", "piix-bmdma", "bmdma"),
        Disk("ahci", "SATA disk on an ICH9's AHCI, queued commands", "q35", "ahci"),
    ];

    /// <summary>All ways of blocks that differ from one another, the one to start with first.</summary>
    public static IReadOnlyList<GuestPath> Disks { get; } =
        [Networks[0], .. Controllers, .. Networks.Where(path => path.Hypervisor == Hypervisor.Xen)];

    /// <summary>Every path, the one to start with first.</summary>
    public static IReadOnlyList<GuestPath> All { get; } = [.. Networks, .. Controllers];

    /// <summary>Finds a path by name.</summary>
    public static GuestPath Parse(string name) =>
        All.FirstOrDefault(path => path.Name == name)
        ?? throw new RigException($"There is no path '{name}'. There are: {string.Join(", ", All.Select(path => path.Name))}.");

    // romfile= spares SeaBIOS the loading of a network boot ROM, which takes most of a boot's time.
    private static GuestPath Pci(string name, string summary, string device, string regionPrefix) => new()
    {
        Name = name,
        Summary = summary,
        Hypervisor = Hypervisor.Qemu,
        NetworkDevice = ["-device", device + ",netdev={net},romfile="],
        RegionPrefix = regionPrefix,
    };

    private static GuestPath Mmio(string name, string summary, string legacy) => new()
    {
        Name = name,
        Summary = summary,
        Hypervisor = Hypervisor.Qemu,
        Machine = "microvm",
        NetworkDevice = ["-global", "virtio-mmio.force-legacy=" + legacy, "-device", "virtio-net-device,netdev={net}"],
        DiskDevice = s_mmioDisk,
        RegionPrefix = "virtio-mmio",
    };

    // Both machines have their controller on board; its first bus is called ide.0.
    private static GuestPath Disk(string name, string summary, string machine, params string[] regionPrefixes) => Networks[0] with
    {
        Name = name,
        Summary = summary,
        Machine = machine,
        DiskDevice = ["-device", "ide-hd,drive={disk},bus=ide.0"],
        DiskRegionPrefixes = regionPrefixes,
        KernelOptions = "disk=" + name,
    };

    private static GuestPath Xen(string name, string summary) => new()
    {
        Name = name,
        Summary = summary,
        Hypervisor = Hypervisor.Xen,
    };
}
