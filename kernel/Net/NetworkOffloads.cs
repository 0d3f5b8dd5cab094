using System;

namespace Guest.Net;

/// <summary>What a device does so that the guest need not.</summary>
[Flags]
public enum NetworkOffloads
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Completes a TCP or UDP checksum that <see cref="PacketBuffer.ChecksumStart"/> describes, of a packet of IPv4.</summary>
    TransmitChecksum = 1,

    /// <summary>Verifies TCP and UDP checksums of arrivals and says so in <see cref="PacketBuffer.ChecksumVerified"/>.</summary>
    ReceiveChecksum = 2,

    /// <summary>Cuts TCP over IPv4 into segments.</summary>
    SegmentationTcp4 = 4,

    /// <summary>Cuts TCP over IPv6 into segments.</summary>
    SegmentationTcp6 = 8,

    /// <summary>May deliver a packet in several chained buffers.</summary>
    MergedReceive = 16,

    /// <summary>May deliver segments of TCP that were merged: a packet of up to 64 KiB, whatever the MTU.</summary>
    ReceiveSegments = 32,

    /// <summary>Completes the same checksum of a packet of IPv6.</summary>
    TransmitChecksumIpv6 = 64,
}
