using System;
using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Frames as other hosts would send them, and readings of those that the stack sends.</summary>
internal static class Frames
{
    public static readonly MacAddress OurLink = new(0x0200_0000_0002);
    public static readonly MacAddress PeerLink = new(0x0200_0000_0001);
    public static readonly IpAddress Us = Ip("10.0.0.2");
    public static readonly IpAddress Peer = Ip("10.0.0.1");

    public static IpAddress Ip(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address), text);
        return address;
    }

    public static byte[] Ethernet(MacAddress to, MacAddress from, EtherType type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[EthernetHeader.Size + payload.Length];
        new EthernetHeader(to, from, type).Write(frame);
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size));
        return frame;
    }

    public static byte[] Arp(ArpOperation operation, MacAddress sender, IpAddress senderIp, MacAddress target, IpAddress targetIp, MacAddress? to = null)
    {
        byte[] packet = new byte[ArpPacket.Size];
        new ArpPacket(operation, sender, senderIp, target, targetIp).Write(packet);
        return Ethernet(to ?? MacAddress.Broadcast, sender, EtherType.Arp, packet);
    }

    public static byte[] Ipv4(IpProtocol protocol, ReadOnlySpan<byte> payload, IpAddress? source = null, IpAddress? destination = null,
        ushort id = 1, ushort fragment = 0, MacAddress? to = null, MacAddress? from = null, byte[]? options = null)
    {
        int headerLength = Ipv4Header.Size + (options?.Length ?? 0);
        byte[] packet = new byte[headerLength + payload.Length];
        new Ipv4Header(packet.Length, id, fragment, 64, protocol, source ?? Peer, destination ?? Us).Write(packet);
        if (options is not null)
        {
            options.CopyTo(packet, Ipv4Header.Size);
            packet[0] = (byte)(0x40 | (headerLength / 4));
            SumHeader(packet);
        }

        payload.CopyTo(packet.AsSpan(headerLength));
        return Ethernet(to ?? OurLink, from ?? PeerLink, EtherType.Ipv4, packet);
    }

    /// <summary>Makes an IPv4 header's checksum right again.</summary>
    public static void SumHeader(Span<byte> packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~Sum(packet[..((packet[0] & 15) * 4)]));
    }

    public static byte[] UdpPayload(ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, IpAddress? source = null, IpAddress? destination = null)
    {
        byte[] datagram = new byte[UdpHeader.Size + payload.Length];
        new UdpHeader(sourcePort, destinationPort, datagram.Length).Write(datagram);
        payload.CopyTo(datagram.AsSpan(UdpHeader.Size));
        ushort sum = (ushort)~UdpSum(datagram, source ?? Peer, destination ?? Us);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), sum == 0 ? (ushort)0xffff : sum);
        return datagram;
    }

    public static byte[] Udp(ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, IpAddress? source = null, IpAddress? destination = null,
        MacAddress? to = null, MacAddress? from = null, byte[]? options = null) =>
        Ipv4(IpProtocol.Udp, UdpPayload(sourcePort, destinationPort, payload, source, destination), source, destination, to: to, from: from, options: options);

    public static byte[] IcmpPayload(IcmpType type, byte code, uint rest, ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[IcmpHeader.Size + payload.Length];
        new IcmpHeader(type, code, rest).Write(message);
        payload.CopyTo(message.AsSpan(IcmpHeader.Size));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~Sum(message));
        return message;
    }

    /// <summary>The ones' complement sum by the book, two bytes at a time.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }

    public static ushort UdpSum(ReadOnlySpan<byte> datagram, IpAddress source, IpAddress destination) =>
        TransportSum(IpProtocol.Udp, datagram, source, destination);

    /// <summary>The sum of a UDP or TCP packet behind its pseudo-header.</summary>
    public static ushort TransportSum(IpProtocol protocol, ReadOnlySpan<byte> datagram, IpAddress source, IpAddress destination)
    {
        Span<byte> pseudo = stackalloc byte[12];
        pseudo.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(pseudo, source.Ipv4);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo[4..], destination.Ipv4);
        pseudo[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(pseudo[10..], (ushort)datagram.Length);
        return Sum(datagram, Sum(pseudo));
    }

    /// <summary>Reads a frame that must be an IPv4 packet with right headers.</summary>
    public static SeenPacket ReadIpv4(byte[] frame)
    {
        Assert.True(EthernetHeader.TryRead(frame, out EthernetHeader ethernet));
        Assert.Equal(EtherType.Ipv4, ethernet.Type);
        byte[] packet = frame[EthernetHeader.Size..];
        Assert.True(Ipv4Header.TryRead(packet, out Ipv4Header header));
        Assert.Equal(0xffff, Sum(packet.AsSpan(0, header.HeaderLength)));
        Assert.Equal(packet.Length, header.TotalLength.Value);
        Assert.Equal(IpAddress.From(header.Destination).IsMulticast ? 1 : 64, header.TimeToLive);
        return new SeenPacket(ethernet, header, packet[header.HeaderLength..]);
    }

    /// <summary>Reads a frame that must be a UDP datagram; its checksum is checked unless the device was to fill it in.</summary>
    public static SeenDatagram ReadUdp(byte[] frame, bool isSummed = true)
    {
        SeenPacket packet = ReadIpv4(frame);
        Assert.Equal(IpProtocol.Udp, packet.Ip.Protocol);
        return ReadUdp(packet.Payload, packet.Source, packet.Destination, isSummed);
    }

    public static SeenDatagram ReadUdp(byte[] datagram, IpAddress source, IpAddress destination, bool isSummed = true)
    {
        Assert.True(UdpHeader.TryRead(datagram, out UdpHeader udp));
        Assert.Equal(datagram.Length, udp.Length.Value);
        if (isSummed)
            Assert.Equal(0xffff, UdpSum(datagram, source, destination));
        return new SeenDatagram(source, destination, udp.SourcePort.Value, udp.DestinationPort.Value, datagram[UdpHeader.Size..]);
    }
}
