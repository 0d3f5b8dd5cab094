using System;
using System.Buffers.Binary;

namespace Guest.Net.Devices.Tests;

/// <summary>Frames of TCP, made and judged byte by byte as the RFCs have them (791, 8200, 9293).</summary>
internal static class TcpFrames
{
    private const int Ethernet = 14;
    private const int Tcp = 20;
    private const byte TcpProtocol = 6;

    /// <summary>A frame whose TCP checksum is that of the pseudo-header alone, with the length of the whole, as devices complete it.</summary>
    public static byte[] Make(int version, byte[] payload)
    {
        int ip = version == 4 ? 20 : 40;
        byte[] frame = new byte[Ethernet + ip + Tcp + payload.Length];
        Span<byte> packet = frame.AsSpan(Ethernet);
        int tcpLength = Tcp + payload.Length;
        if (version == 4)
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(20 + tcpLength));
            packet[8] = 64;
            packet[9] = TcpProtocol;
            Address(4, 1).CopyTo(packet[12..]);
            Address(4, 2).CopyTo(packet[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~Fold(Sum(packet[..20])));
        }
        else
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)tcpLength);
            packet[6] = TcpProtocol;
            packet[7] = 64;
            Address(16, 1).CopyTo(packet[8..]);
            Address(16, 2).CopyTo(packet[24..]);
        }

        Span<byte> tcp = packet[ip..];
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], 0xffff_f000); // wraps on the way
        tcp[12] = 0x50;
        tcp[13] = 0x18; // PSH, ACK
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Fold(PseudoHeader(packet, version, tcpLength)));
        payload.CopyTo(tcp[Tcp..]);
        return frame;
    }

    /// <summary>Checks lengths and checksums.</summary>
    public static void AssertRight(byte[] frame, int version)
    {
        ReadOnlySpan<byte> packet = frame.AsSpan(Ethernet);
        int ip = version == 4 ? 20 : 40;
        int tcpLength = packet.Length - ip;
        if (version == 4)
        {
            Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
            Assert.Equal(0xffff, Fold(Sum(packet[..20])));
        }
        else
        {
            Assert.Equal(tcpLength, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
        }

        Assert.Equal(0xffff, Fold(PseudoHeader(packet, version, tcpLength) + Sum(packet[ip..])));
    }

    private static byte[] Address(int length, byte last)
    {
        byte[] address = new byte[length];
        address[0] = 10;
        address[^1] = last;
        return address;
    }

    private static uint PseudoHeader(ReadOnlySpan<byte> packet, int version, int length) =>
        Sum(version == 4 ? packet[12..20] : packet[8..40]) + TcpProtocol + (uint)length;

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
