namespace Guest.Net.Devices;

/// <summary>What xen-netback and a front end write to one another (io/netif.h).</summary>
internal static class NetFrontRing
{
    /// <summary>Slots in each ring: what 12-byte and 8-byte slots leave of a page, as a power of two.</summary>
    public const int RingSlots = 256;

    /// <summary>NETTXF_csum_blank and NETTXF_data_validated: the checksum field holds the pseudo-header's sum alone.</summary>
    public const uint TransmitChecksumBlank = 1 | 2;

    /// <summary>NETTXF_more_data: the packet goes on in the next request.</summary>
    public const uint TransmitMoreData = 4;

    /// <summary>NETTXF_extra_info: the next request is none, but describes the packet (xen_netif_extra_info).</summary>
    public const uint TransmitExtraInfo = 8;

    /// <summary>XEN_NETIF_EXTRA_TYPE_GSO: the description's first byte; behind its flags stands the segment size.</summary>
    public const uint ExtraTypeSegmentation = 1;

    /// <summary>XEN_NETIF_GSO_TYPE_TCPV4, the byte behind the segment size.</summary>
    public const uint SegmentationTcpV4 = 1;

    /// <summary>XEN_NETIF_GSO_TYPE_TCPV6.</summary>
    public const uint SegmentationTcpV6 = 2;

    /// <summary>XEN_NETIF_RSP_DROPPED; XEN_NETIF_RSP_ERROR is -1.</summary>
    public const int LowestStatus = -2;

    /// <summary>XEN_NETIF_RSP_OKAY.</summary>
    public const int StatusOkay = 0;

    /// <summary>XEN_NETIF_RSP_NULL: the slot was a description.</summary>
    public const int StatusNull = 1;

    /// <summary>XEN_NETIF_EXTRA_TYPE_MAX: descriptions have types from 1 to below this.</summary>
    public const uint ExtraTypes = 5;

    /// <summary>The most requests of one packet that every back end takes (XEN_NETIF_NR_SLOTS_MIN).</summary>
    public const int MostPieces = 18;

    /// <summary>netif_tx_request, as three words: grant; offset and flags; id and size.</summary>
    public struct TransmitRequest
    {
        public uint Grant;
        public uint OffsetAndFlags;
        public uint IdAndSize;
    }

    /// <summary>netif_tx_response, as the one word it is read in.</summary>
    public readonly struct TransmitResponse(uint raw)
    {
        public uint Id => raw & 0xffff;

        public int Status => (int)raw >> 16;
    }

    /// <summary>netif_rx_request, as two words.</summary>
    public struct ReceiveRequest
    {
        public uint Id;
        public uint Grant;
    }

    /// <summary>netif_rx_response (or netif_extra_info in its place), as the one word it is read in: the back end cannot change what has
    /// been judged.</summary>
    public readonly struct ReceiveResponse(ulong raw)
    {
        private const int FlagsShift = 32;

        // NETRXF_data_validated or NETRXF_csum_blank: the checksum was verified, or the packet never left this host.
        private const ulong ChecksumGood = (1UL | 2) << FlagsShift;

        // NETRXF_more_data: the packet goes on in the next response.
        private const ulong MoreData = 4UL << FlagsShift;

        // NETRXF_extra_info: the next response is not one, but describes the packet.
        private const ulong ExtraInfo = 8UL << FlagsShift;

        public uint Id => (ushort)raw;

        public int Offset => (ushort)(raw >> 16);

        /// <summary>Bytes received, or a negative error.</summary>
        public int Status => (int)((long)raw >> 48);

        public bool IsChecksumGood => (raw & ChecksumGood) != 0;

        public bool HasMore => (raw & MoreData) != 0;

        public bool HasExtras => (raw & ExtraInfo) != 0;

        /// <summary>Whether it is a whole packet by itself.</summary>
        public bool IsPlain => (raw & (MoreData | ExtraInfo)) == 0;

        public uint ExtraType => (byte)raw;

        /// <summary>Of a description of merged segments: their size.</summary>
        public int SegmentSize => (ushort)(raw >> 16);

        public bool ExtraFollows => ((uint)raw & 0x100) != 0;
    }
}
