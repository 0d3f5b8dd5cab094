using System;

namespace Guest.Storage.Devices;

/// <summary>Feature bits of virtio disks that the driver knows (virtio 1.2, 5.2.3).</summary>
[Flags]
internal enum VirtioBlkFeatures : ulong
{
    /// <summary>VIRTIO_BLK_F_SIZE_MAX: a piece of memory has a greatest length.</summary>
    SizeMax = 1UL << 1,

    /// <summary>VIRTIO_BLK_F_SEG_MAX: a request has a greatest number of pieces.</summary>
    SegMax = 1UL << 2,

    /// <summary>VIRTIO_BLK_F_RO: the disk cannot be written to.</summary>
    ReadOnly = 1UL << 5,

    /// <summary>VIRTIO_BLK_F_BLK_SIZE: the configuration tells the logical sector size.</summary>
    BlockSize = 1UL << 6,

    /// <summary>VIRTIO_BLK_F_FLUSH: there may be a volatile cache, and a command to flush it.</summary>
    Flush = 1UL << 9,

    /// <summary>VIRTIO_BLK_F_TOPOLOGY: the configuration tells the physical sector size.</summary>
    Topology = 1UL << 10,

    /// <summary>VIRTIO_BLK_F_CONFIG_WCE: the configuration tells whether the cache is on.</summary>
    ConfigWriteCache = 1UL << 11,

    /// <summary>VIRTIO_BLK_F_DISCARD.</summary>
    Discard = 1UL << 13,

    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES.</summary>
    WriteZeroes = 1UL << 14,

    /// <summary>Everything that the driver uses where it is offered.</summary>
    Wanted = SizeMax | SegMax | ReadOnly | BlockSize | Flush | Topology | ConfigWriteCache | Discard | WriteZeroes,
}
