using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;

namespace Guest.Storage.Devices;

/// <summary>Virtio disks on PCI.</summary>
public sealed class VirtioBlkDriver : PciBlockDriver
{
    /// <inheritdoc/>
    public override string Name => "virtio";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) => VirtioPci.DeviceTypeOf(function) == VirtioBlk.DeviceType;

    /// <inheritdoc/>
    public override void Attach(PciFunction function, Platform platform, DiskSet disks)
    {
        PathCounters counters = disks.NewCounters("virtio-blk");
        if (VirtioPci.TryOpen(function, counters) is { } transport && VirtioBlk.TryCreate(transport, platform) is { } disk)
            disks.Add(disk);
    }
}
