using System;

namespace Guest.Fuzz.Rings;

/// <summary>A driver that can be tried.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Make">Makes an episode's.</param>
internal sealed record DriverKind(string Name, string Summary, Func<DriverTarget> Make)
{
    /// <summary>All there are.</summary>
    public static DriverKind[] All { get; } =
    [
        new("virtio-net-split", "the virtio network driver on split rings", () => new VirtioNetTarget(packed: false)),
        new("virtio-net-packed", "the same on packed rings", () => new VirtioNetTarget(packed: true)),
        new("virtio-blk-split", "the virtio disk driver on a split ring", () => new VirtioBlkTarget(packed: false)),
        new("virtio-blk-packed", "the same on a packed ring", () => new VirtioBlkTarget(packed: true)),
        new("netfront", "Xen's network front end", () => new NetFrontTarget()),
        new("blkfront", "Xen's disk front end", () => new BlkFrontTarget()),
        new("e1000", "the drivers of the 82540 and the 82574", () => new E1000Target()),
        new("rtl8139", "the drivers of the RTL8139, in both its modes", () => new Rtl8139Target()),
        new("ne2000", "the driver of the NE2000 on PCI", () => new Ne2000Target()),
        new("ahci", "the driver of SATA disks", () => new AtaTarget(ahci: true)),
        new("ide", "the driver of IDE disks, by DMA and by PIO", () => new AtaTarget(ahci: false)),
    ];
}
