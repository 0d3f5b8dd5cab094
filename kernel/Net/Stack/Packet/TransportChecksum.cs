using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Completes the checksum of a frame for which a device vouches: one that a sender on the same host left unfinished is made whole before anybody who
/// reads frames sees it, and one that is whole stays what it is.</summary>
internal static unsafe class TransportChecksum
{
    private const int TcpChecksumOffset = 16;

    /// <summary>Writes the checksum of TCP or UDP, if the frame carries all of such a packet.</summary>
    /// <param name="counters">Where the summed bytes are counted.</param>
    /// <param name="frame">The frame, whose first buffer has all headers.</param>
    public static void Complete(PathCounters counters, PacketBuffer frame)
    {
        byte* bytes = frame.Page + frame.Offset;
        int ip = EthernetHeader.Size;
        EtherType type = ((EthernetHeader*)bytes)->Type;
        if (type == EtherType.Vlan && frame.Length >= ip + VlanTag.Size)
        {
            type = (EtherType)((BigEndian16*)(bytes + ip + VlanTag.Size - sizeof(ushort)))->Value;
            ip += VlanTag.Size;
        }

        int length = PacketChain.Length(frame) - ip;
        if (type == EtherType.Ipv4 && frame.Length >= ip + Ipv4Header.Size)
        {
            Ipv4Header* header = (Ipv4Header*)(bytes + ip);
            int headerLength = header->HeaderLength;
            int total = header->TotalLength.Value;
            if (header->IsFragment || headerLength < Ipv4Header.Size || total < headerLength || total > length)
                return;
            Complete(counters, frame, ip + headerLength, header->Protocol, total - headerLength, (ulong)header->Source.Raw + header->Destination.Raw);
        }
        else if (type == EtherType.Ipv6 && frame.Length >= ip + Ipv6Header.Size)
        {
            Ipv6Header* header = (Ipv6Header*)(bytes + ip);
            int payload = header->PayloadLength.Value;
            if (payload <= length - Ipv6Header.Size)
                Complete(counters, frame, ip + Ipv6Header.Size, header->NextHeader, payload, header->Source.RawSum + header->Destination.RawSum);
        }
    }

    private static void Complete(PathCounters counters, PacketBuffer frame, int start, IpProtocol protocol, int length, ulong addresses)
    {
        if (protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
            return;
        int offset = protocol == IpProtocol.Udp ? UdpHeader.ChecksumOffset : TcpChecksumOffset;
        if (length < offset + sizeof(ushort) || frame.Length < start + offset + sizeof(ushort))
            return;
        ushort* field = (ushort*)(frame.Page + frame.Offset + start + offset);
        if (protocol == IpProtocol.Udp && *field == 0)
            return; // RFC 768: there is none
        *field = 0;
        ulong sum = addresses + ((uint)protocol << 8) + BigEndian16.From(length).Raw;
        ushort folded = InternetChecksum.Fold(Sum(counters, frame, start, length, sum));

        // RFC 768: a sum of zero is sent as all ones.
        *field = protocol == IpProtocol.Udp && folded == InternetChecksum.Good ? InternetChecksum.Good : (ushort)~folded;
    }

    // Of a chain the last piece may be longer than the packet: what pads it is no part of the sum.
    private static ulong Sum(PathCounters counters, PacketBuffer frame, int start, int length, ulong sum)
    {
        bool odd = false;
        for (PacketBuffer? piece = frame; piece is not null && length > 0; piece = piece.Next)
        {
            int part = System.Math.Min(piece.Length - start, length);
            ulong words = InternetChecksum.Fold(InternetChecksum.Sum(counters, piece.Data.Slice(start, part)));
            sum += odd ? ((words << 8) | (words >> 8)) & 0xffff : words;
            odd ^= (part & 1) != 0;
            length -= part;
            start = 0;
        }

        return sum;
    }
}
