using System;

namespace Guest.Pv.Virtio;

/// <summary>Feature bits that belong to no device type (virtio 1.2, 6). A device type's own are in its driver.</summary>
[Flags]
public enum VirtioFeatures : ulong
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>A legacy device that accepts its header and data in one descriptor; every modern one does.</summary>
    AnyLayout = 1UL << 27,

    /// <summary>VIRTIO_F_INDIRECT_DESC: a buffer's descriptors in a table of their own.</summary>
    IndirectDescriptors = 1UL << 28,

    /// <summary>VIRTIO_F_EVENT_IDX: each side names the index at which it wants to be told.</summary>
    EventIndex = 1UL << 29,

    /// <summary>VIRTIO_F_VERSION_1: not a legacy device.</summary>
    Version1 = 1UL << 32,

    /// <summary>VIRTIO_F_ACCESS_PLATFORM: the device reaches memory as the platform lets it.</summary>
    AccessPlatform = 1UL << 33,

    /// <summary>VIRTIO_F_RING_PACKED.</summary>
    PackedRing = 1UL << 34,

    /// <summary>VIRTIO_F_ORDER_PLATFORM: memory is ordered as for a real device.</summary>
    OrderPlatform = 1UL << 36,
}
