namespace Guest.Net.Devices;

/// <summary>struct virtio_net_hdr, in front of every frame (virtio 1.2, 5.1.6): offsets in bytes and the values that occur.</summary>
internal static class VirtioNetHeader
{
    /// <summary>The header's size, except on a legacy device without merged buffers.</summary>
    internal const int Size = 12;

    /// <summary>The header's size without num_buffers (5.1.6.1).</summary>
    internal const int LegacySize = 10;

    internal const int flags = 0;
    internal const int gso_type = 1;
    internal const int hdr_len = 2;
    internal const int gso_size = 4;
    internal const int csum_start = 6;
    internal const int csum_offset = 8;
    internal const int num_buffers = 10;

    internal const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    internal const byte VIRTIO_NET_HDR_F_DATA_VALID = 2;
    internal const byte VIRTIO_NET_HDR_GSO_NONE = 0;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV6 = 4;

    /// <summary>With one of the others: the packet has the flag CWR (RFC 3168).</summary>
    internal const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;
}
