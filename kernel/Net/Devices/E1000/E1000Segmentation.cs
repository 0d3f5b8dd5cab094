using Guest.Net.Wire;
using static Guest.Net.Devices.E1000Descriptor;

namespace Guest.Net.Devices;

/// <summary>How an 8254x is asked to cut a packet into segments of TCP (manual, 3.5 and 3.3.6): by a context in front of it, and by headers that lack what the
/// chip fills in for each segment: lengths and checksums.</summary>
internal static unsafe class E1000Segmentation
{
    private const int LongestPacket = ushort.MaxValue;
    private const int IpStart = EthernetHeader.Size;
    private const int Ipv4LengthAt = IpStart + 2;
    private const int Ipv4ChecksumAt = IpStart + 10;
    private const int Ipv6LengthAt = IpStart + 4;

    /// <summary>Whether a chip can cut it: its headers are within a context's reach, and it is not longer than IP allows.</summary>
    public static bool IsPossible(PacketBuffer frame) =>
        NicFrame.IsChainWithin(frame, LongestPacket)
        && frame.HeadersLength is > 0 and <= byte.MaxValue
        && frame.HeadersLength <= frame.Length
        && frame.ChecksumStart is > IpStart and <= byte.MaxValue
        && frame.ChecksumStart + frame.ChecksumOffset + sizeof(ushort) <= frame.HeadersLength;

    /// <summary>Fills the context, and takes the whole's lengths and checksum out of the headers.</summary>
    public static void WriteContext(PacketBuffer frame, ref Descriptor context)
    {
        int start = frame.ChecksumStart;
        int field = start + frame.ChecksumOffset;
        byte* bytes = frame.Page + frame.Offset;
        int whole = NicFrame.LengthOf(frame);
        ushort* sum = (ushort*)(bytes + field);
        ushort length = BigEndian16.From(whole - start).Raw;
        *sum = InternetChecksum.Fold((uint)*sum + (ushort)~length);
        ulong ip;
        if (frame.IsIpv6)
        {
            *(ushort*)(bytes + Ipv6LengthAt) = 0;
            ip = (ulong)IpStart | ((ulong)(start - 1) << 16);
            context.High = 0;
        }
        else
        {
            *(ushort*)(bytes + Ipv4LengthAt) = 0;
            *(ushort*)(bytes + Ipv4ChecksumAt) = 0;
            ip = (ulong)IpStart | ((ulong)Ipv4ChecksumAt << 8) | ((ulong)(start - 1) << 16);
            context.High = TUCMD_IP;
        }

        context.Low = ip | ContextOffsets(start, field);
        context.High |= (uint)(whole - frame.HeadersLength) | TUCMD_TCP | TSE | DEXT
            | ((ulong)frame.HeadersLength << HeaderLengthAt) | ((ulong)frame.SegmentSize << SegmentSizeAt);
    }

    /// <summary>What each descriptor of the packet says.</summary>
    public static ulong DataCommand(PacketBuffer frame) =>
        DEXT | DTYP_Data | TSE | POPTS_TXSM | (frame.IsIpv6 ? 0 : POPTS_IXSM);
}
