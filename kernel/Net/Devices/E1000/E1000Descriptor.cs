namespace Guest.Net.Devices;

/// <summary>The bits of the 8254x descriptors' upper word (manual, 3.2.3 and 3.3.3 to 3.3.7); the lower word is a buffer's address, or
/// a context's offsets.</summary>
internal static class E1000Descriptor
{
    /// <summary>DCMD and TUCMD, in all transmit descriptors: the last of a frame; insert the frame check sequence; report status;
    /// an extended descriptor (a context, or data), not a legacy one.</summary>
    internal const ulong EOP = 1UL << 24;
    internal const ulong IFCS = 1UL << 25;
    internal const ulong RS = 1UL << 27;
    internal const ulong DEXT = 1UL << 29;

    /// <summary>TUCMD of a context: the packet is TCP's; it is one of IPv4. TSE there and in the data: cut it into segments.</summary>
    internal const ulong TUCMD_TCP = 1UL << 24;
    internal const ulong TUCMD_IP = 1UL << 25;
    internal const ulong TSE = 1UL << 26;

    /// <summary>HDRLEN and MSS of a context for segments; PAYLEN is in its lowest 20 bits.</summary>
    internal const int HeaderLengthAt = 40;
    internal const int SegmentSizeAt = 48;

    /// <summary>DTYP: a data descriptor; 0 with DEXT is a context.</summary>
    internal const ulong DTYP_Data = 1UL << 20;

    /// <summary>STA of a transmit descriptor that asked for it by RS: done.</summary>
    internal const ulong TransmitDD = 1UL << 32;

    /// <summary>POPTS: insert the IPv4 header's checksum, and the TCP or UDP checksum, where the context says.</summary>
    internal const ulong POPTS_IXSM = 1UL << 40;
    internal const ulong POPTS_TXSM = 1UL << 41;

    /// <summary>Where the status byte of a receive descriptor begins, with the length in the low half; and its error byte, which an extended
    /// descriptor has elsewhere.</summary>
    internal const int StatusAt = 32;
    internal const int ErrorsAt = 40;
    internal const int ExtendedErrorsAt = 56;

    /// <summary>The status byte of a receive descriptor, and the error byte's checksum bits.</summary>
    internal const uint DD = 1 << 0;
    internal const uint StatusEOP = 1 << 1;
    internal const uint IXSM = 1 << 2;
    internal const uint TCPCS = 1 << 5;
    internal const uint TCPE = 1 << 5;
    internal const uint IPE = 1 << 6;

    /// <summary>A context for a checksum of everything from <paramref name="start"/> to the frame's end, written at <paramref name="field"/>:
    /// TUCSS and TUCSO, with TUCSE zero for the end.</summary>
    internal static ulong ContextOffsets(int start, int field) => ((ulong)start << 32) | ((ulong)field << 40);
}
