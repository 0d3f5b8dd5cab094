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
    public override void Attach(PciFunction function, Platform platform, DiskSet disks) =>
        Attach(VirtioPci.TryOpen(function, NewCounters(disks)), platform, disks);

    /// <summary>Names the next virtio disk, on whatever bus.</summary>
    internal static PathCounters NewCounters(DiskSet disks) => disks.NewCounters("virtio-blk");

    /// <summary>Starts the disk behind a transport, if that could be opened.</summary>
    internal static void Attach(VirtioTransport? transport, Platform platform, DiskSet disks)
    {
        if (transport is not null && VirtioBlk.TryCreate(transport, platform) is { } disk)
            disks.Add(disk);
    }
}
