using System;

namespace Guest.Net;

/// <summary>What a device does so that the guest need not.</summary>
[Flags]
public enum NetworkOffloads
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Completes a TCP or UDP checksum that <see cref="PacketBuffer.ChecksumStart"/> describes.</summary>
    TransmitChecksum = 1,

    /// <summary>Verifies TCP and UDP checksums of arrivals and says so in <see cref="PacketBuffer.ChecksumVerified"/>.</summary>
    ReceiveChecksum = 2,

    /// <summary>Cuts TCP over IPv4 into segments.</summary>
    SegmentationTcp4 = 4,

    /// <summary>Cuts TCP over IPv6 into segments.</summary>
    SegmentationTcp6 = 8,

    /// <summary>May deliver a packet in several chained buffers.</summary>
    MergedReceive = 16,
}
