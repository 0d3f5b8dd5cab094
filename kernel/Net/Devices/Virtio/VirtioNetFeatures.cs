using System;

namespace Guest.Net.Devices;

/// <summary>Feature bits of virtio network cards that the driver knows (virtio 1.2, 5.1.3).</summary>
[Flags]
internal enum VirtioNetFeatures : ulong
{
    /// <summary>VIRTIO_NET_F_CSUM: the device completes checksums.</summary>
    Checksum = 1UL << 0,

    /// <summary>VIRTIO_NET_F_GUEST_CSUM: arrivals may come with their checksum incomplete but vouched for.</summary>
    GuestChecksum = 1UL << 1,

    /// <summary>VIRTIO_NET_F_MTU: the configuration tells the MTU.</summary>
    Mtu = 1UL << 3,

    /// <summary>VIRTIO_NET_F_MAC: the configuration tells the address.</summary>
    Mac = 1UL << 5,

    /// <summary>VIRTIO_NET_F_GUEST_TSO4: arrivals may be segments of TCP over IPv4 that were merged.</summary>
    GuestTso4 = 1UL << 7,

    /// <summary>VIRTIO_NET_F_GUEST_TSO6: the same over IPv6.</summary>
    GuestTso6 = 1UL << 8,

    /// <summary>VIRTIO_NET_F_HOST_TSO4: the device cuts TCP over IPv4 into segments.</summary>
    HostTso4 = 1UL << 11,

    /// <summary>VIRTIO_NET_F_HOST_TSO6: the same over IPv6.</summary>
    HostTso6 = 1UL << 12,

    /// <summary>VIRTIO_NET_F_MRG_RXBUF: an arrival may take several buffers.</summary>
    MergedReceive = 1UL << 15,

    /// <summary>VIRTIO_NET_F_STATUS: the configuration tells whether the link is up.</summary>
    Status = 1UL << 16,

    /// <summary>Everything that the driver uses where it is offered.</summary>
    Wanted = Checksum | GuestChecksum | Mtu | Mac | GuestTso4 | GuestTso6 | HostTso4 | HostTso6 | MergedReceive | Status,

    /// <summary>What needs <see cref="Checksum"/> (5.1.3.1).</summary>
    NeedChecksum = HostTso4 | HostTso6,

    /// <summary>What needs <see cref="GuestChecksum"/> (5.1.3.1), and here <see cref="MergedReceive"/>: such an arrival is longer than a buffer.</summary>
    NeedGuestChecksum = GuestTso4 | GuestTso6,
}
