using System;
using System.Buffers.Binary;
using System.Linq;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>IPv6 frames as other hosts would send them, byte by byte from the RFCs, and readings of those that the stack sends: none of the kernel's
/// own header structures is used.</summary>
internal static class Ipv6Frames
{
    public const byte HopByHop = 0;
    public const byte Udp = 17;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Icmp = 58;
    public const byte None = 59;
    public const byte DestinationOptions = 60;

    public const int EchoRequest = 128;
    public const int EchoReply = 129;
    public const int RouterSolicitation = 133;
    public const int NeighbourSolicitation = 135;
    public const int NeighbourAdvertisement = 136;
    public const int ListenerReport = 143;

    private const int EthernetSize = 14;
    private const int HeaderSize = 40;

    public static readonly IpAddress Peer = Frames.Ip("fe80::1");
    public static readonly IpAddress AllNodes = Frames.Ip("ff02::1");

    /// <summary>33:33 and the last four bytes of a group.</summary>
    public static MacAddress GroupLink(IpAddress group) => new(0x3333_0000_0000 | (group.Low & 0xffff_ffff));

    /// <summary>ff02::1:ff and the last three bytes of an address.</summary>
    public static IpAddress SolicitedNode(IpAddress address)
    {
        byte[] bytes = Bytes(address);
        return IpAddress.Read([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, bytes[13], bytes[14], bytes[15]]);
    }

    public static byte[] Bytes(IpAddress address)
    {
        byte[] bytes = new byte[16];
        address.Write(bytes);
        return bytes;
    }

    public static byte[] Bytes(MacAddress address)
    {
        byte[] bytes = new byte[6];
        address.Write(bytes);
        return bytes;
    }

    public static byte[] Packet(IpAddress source, IpAddress destination, byte nextHeader, ReadOnlySpan<byte> payload, byte hops = 64, MacAddress? from = null, MacAddress? to = null)
    {
        MacAddress link = to ?? (destination.IsMulticast ? GroupLink(destination) : Frames.OurLink);
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        return [.. Bytes(link), .. Bytes(from ?? Frames.PeerLink), 0x86, 0xdd,
            0x60, 0, 0, 0, .. length, nextHeader, hops, .. Bytes(source), .. Bytes(destination), .. payload];
    }

    /// <summary>An ICMPv6 message with its sum.</summary>
    public static byte[] Message(IpAddress source, IpAddress destination, byte type, byte code, ReadOnlySpan<byte> body)
    {
        byte[] message = [type, code, 0, 0, .. body];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~Sum(source, destination, Icmp, message));
        return message;
    }

    public static byte[] IcmpPacket(IpAddress source, IpAddress destination, byte type, ReadOnlySpan<byte> body, byte code = 0, byte hops = 255, MacAddress? from = null) =>
        Packet(source, destination, Icmp, Message(source, destination, type, code, body), hops, from);

    public static byte[] UdpDatagram(IpAddress source, IpAddress destination, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        byte[] datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        ushort sum = (ushort)~Sum(source, destination, Udp, datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), sum == 0 ? (ushort)0xffff : sum);
        return datagram;
    }

    public static byte[] UdpPacket(IpAddress source, IpAddress destination, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload) =>
        Packet(source, destination, Udp, UdpDatagram(source, destination, sourcePort, destinationPort, payload));

    /// <summary>A question for an address, to the group in which it is asked for.</summary>
    public static byte[] Solicitation(IpAddress target, IpAddress? source = null, MacAddress? from = null, byte hops = 255, bool withLink = true)
    {
        MacAddress link = from ?? Frames.PeerLink;
        IpAddress asker = source ?? Peer;
        byte[] option = asker.IsUnspecified || !withLink ? [] : LinkOption(1, link);
        return IcmpPacket(asker, SolicitedNode(target), NeighbourSolicitation, [0, 0, 0, 0, .. Bytes(target), .. option], hops: hops, from: link);
    }

    /// <summary>An answer.</summary>
    /// <param name="target">The address.</param>
    /// <param name="link">Who has it.</param>
    /// <param name="to">Who is told; every host if not said.</param>
    /// <param name="flags">0x80 router, 0x40 solicited, 0x20 override.</param>
    /// <param name="withLink">Whether the link address is said.</param>
    public static byte[] Advertisement(IpAddress target, MacAddress link, IpAddress? to = null, byte flags = 0x20, bool withLink = true) =>
        IcmpPacket(target, to ?? AllNodes, NeighbourAdvertisement, [flags, 0, 0, 0, .. Bytes(target), .. withLink ? LinkOption(2, link) : []], from: link);

    public static byte[] LinkOption(byte type, MacAddress link) => [type, 1, .. Bytes(link)];

    public static byte[] PrefixOption(string prefix, uint valid, uint preferred, byte flags = 0xc0, byte length = 64)
    {
        byte[] option = new byte[32];
        option[0] = 3;
        option[1] = 4;
        option[2] = length;
        option[3] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(4), valid);
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(8), preferred);
        Bytes(Frames.Ip(prefix)).CopyTo(option, 16);
        return option;
    }

    public static byte[] RouterAdvertisement(byte[] options, ushort lifetime = 1800, IpAddress? source = null, byte hopLimit = 64, byte flags = 0, MacAddress? from = null, byte hops = 255)
    {
        MacAddress link = from ?? Frames.PeerLink;
        return IcmpPacket(source ?? Peer, AllNodes, 134,
            [hopLimit, flags, (byte)(lifetime >> 8), (byte)lifetime, 0, 0, 0, 0, 0, 0, 0, 0, .. LinkOption(1, link), .. options], hops: hops, from: link);
    }

    public static byte[] FragmentHeader(byte nextHeader, int offset, bool more, uint id)
    {
        byte[] header = [nextHeader, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), id);
        return header;
    }

    /// <summary>The sum that an upper layer checks (RFC 8200, 8.1), two bytes at a time.</summary>
    public static ushort Sum(IpAddress source, IpAddress destination, byte protocol, ReadOnlySpan<byte> payload)
    {
        byte[] pseudo = [.. Bytes(source), .. Bytes(destination), 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, protocol];
        return Frames.Sum(payload, Frames.Sum(pseudo));
    }

    /// <summary>Reads a frame that must be an IPv6 packet with right headers, and a right sum if it is a whole ICMPv6 message.</summary>
    public static SeenIpv6Packet Read(byte[] frame)
    {
        Assert.Equal([0x86, 0xdd], frame[12..EthernetSize]);
        Assert.Equal(Frames.OurLink, MacAddress.Read(frame.AsSpan(6)));
        byte[] packet = frame[EthernetSize..];
        Assert.Equal(6, packet[0] >> 4);
        Assert.Equal(packet.Length - HeaderSize, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4)));
        IpAddress source = IpAddress.Read(packet.AsSpan(8));
        IpAddress destination = IpAddress.Read(packet.AsSpan(24));
        byte nextHeader = packet[6];
        byte[] payload = packet[HeaderSize..];
        bool alert = nextHeader == HopByHop;
        if (alert)
        {
            Assert.Equal([Icmp, 0, 5, 2, 0, 0, 1, 0], payload[..8]);
            (nextHeader, payload) = (payload[0], payload[8..]);
        }

        if (nextHeader == Icmp)
            Assert.Equal(0xffff, Sum(source, destination, Icmp, payload));
        return new SeenIpv6Packet(MacAddress.Read(frame), source, destination, nextHeader, packet[7], payload, alert);
    }

    /// <summary>Reads a frame that must be a UDP datagram by IPv6.</summary>
    public static SeenDatagram ReadUdp(byte[] frame, bool isSummed = true)
    {
        SeenIpv6Packet packet = Read(frame);
        Assert.Equal(Udp, packet.NextHeader);
        byte[] udp = packet.Payload;
        Assert.Equal(udp.Length, BinaryPrimitives.ReadUInt16BigEndian(udp.AsSpan(4)));
        if (isSummed)
            Assert.Equal(0xffff, Sum(packet.Source, packet.Destination, Udp, udp));
        return new SeenDatagram(packet.Source, packet.Destination, BinaryPrimitives.ReadUInt16BigEndian(udp),
            BinaryPrimitives.ReadUInt16BigEndian(udp.AsSpan(2)), udp[8..]);
    }
}
