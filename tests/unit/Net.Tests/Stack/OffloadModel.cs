using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Guest.Net.Tests.Stack;

/// <summary>What a card does for the stack, byte by byte as the RFCs have it: completes checksums (1071), cuts packets of TCP into segments.</summary>
internal static class OffloadModel
{
    private const int Ip = 14;
    private const int TcpChecksum = 16;

    /// <summary>Completes a checksum whose place holds the pseudo-header's sum.</summary>
    public static byte[] Complete(byte[] frame, int start, int offset)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(start + offset), (ushort)~Fold(Sum(frame.AsSpan(start))));
        return frame;
    }

    /// <summary>Cuts a packet whose headers are those of the whole.</summary>
    public static List<byte[]> Cut(byte[] whole, int tcp, int headers, int size)
    {
        List<byte[]> segments = [];
        bool isIpv6 = whole[Ip] >> 4 == 6;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(tcp + 4));
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(Ip + 4));
        uint pseudo = BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(tcp + TcpChecksum)) + (uint)(ushort)~(whole.Length - tcp);
        for (int at = headers; at < whole.Length; at += size)
        {
            int length = Math.Min(size, whole.Length - at);
            byte[] segment = [.. whole[..headers], .. whole.AsSpan(at, length)];
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(tcp + 4), sequence + (uint)(at - headers));
            if (at + length < whole.Length)
                segment[tcp + 13] &= 0xf6; // FIN and PSH are the last one's
            if (isIpv6)
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(Ip + 4), (ushort)(segment.Length - Ip - 40));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(Ip + 2), (ushort)(segment.Length - Ip));
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(Ip + 4), identification++);
                Frames.SumHeader(segment.AsSpan(Ip));
            }

            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(tcp + TcpChecksum), Fold(pseudo + (uint)(segment.Length - tcp)));
            segments.Add(Complete(segment, tcp, TcpChecksum));
        }

        return segments;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }
}
