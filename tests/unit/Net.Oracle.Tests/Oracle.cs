using System;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using Guest.Net.Tests.Stack;
using PacketDotNet;

namespace Guest.Net.Oracle.Tests;

/// <summary>Frames by PacketDotNet, which has nothing to do with the kernel: what tests build, and what the stack sends, is what others take it for.</summary>
internal static class Oracle
{
    /// <summary>A whole UDP frame, all of it PacketDotNet's.</summary>
    public static byte[] Udp(ushort sourcePort, ushort destinationPort, byte[] payload, string source = "10.0.0.1", string destination = "10.0.0.2")
    {
        UdpPacket udp = new(sourcePort, destinationPort) { PayloadData = payload };
        return Wrap(udp, ProtocolType.Udp, source, destination, udp.UpdateUdpChecksum);
    }

    /// <summary>A whole TCP frame: a SYN, or what acknowledges.</summary>
    public static byte[] Tcp(ushort sourcePort, ushort destinationPort, uint sequence, uint acknowledgement, bool isSyn, byte[] payload)
    {
        TcpPacket tcp = new(sourcePort, destinationPort)
        {
            SequenceNumber = sequence,
            AcknowledgmentNumber = acknowledgement,
            Synchronize = isSyn,
            Acknowledgment = !isSyn,
            WindowSize = 65_535,
            PayloadData = payload,
        };
        return Wrap(tcp, ProtocolType.Tcp, "10.0.0.1", "10.0.0.2", tcp.UpdateTcpChecksum);
    }

    /// <summary>An echo request.</summary>
    public static byte[] Ping(ushort id, ushort sequence, byte[] data, string source = "10.0.0.1", string destination = "10.0.0.2")
    {
        byte[] message = [8, 0, 0, 0, (byte)(id >> 8), (byte)id, (byte)(sequence >> 8), (byte)sequence, .. data];
        IcmpV4Packet icmp = new(new PacketDotNet.Utils.ByteArraySegment(message));
        return Wrap(icmp, ProtocolType.Icmp, source, destination, () => icmp.UpdateIcmpChecksum());
    }

    /// <summary>A request for the address of a host.</summary>
    public static byte[] Arp(string senderLink, string sender, string target)
    {
        PhysicalAddress link = PhysicalAddress.Parse(senderLink);
        EthernetPacket frame = new(link, PhysicalAddress.Parse("FF-FF-FF-FF-FF-FF"), EthernetType.Arp)
        {
            PayloadPacket = new ArpPacket(ArpOperation.Request, PhysicalAddress.Parse("00-00-00-00-00-00"), IPAddress.Parse(target), link, IPAddress.Parse(sender)),
        };
        return frame.Bytes;
    }

    /// <summary>Reads a frame, whose checksums must be right.</summary>
    public static T Read<T>(byte[] frame)
        where T : Packet
    {
        EthernetPacket ethernet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, frame);
        if (ethernet.PayloadPacket is IPv4Packet ip)
        {
            Assert.True(ip.ValidIPChecksum, "the header's checksum");
            Assert.Equal(frame.Length - 14, ip.TotalLength);
            // Of a fragment there is no telling.
            if (ip.PayloadPacket is UdpPacket udp && ip.FragmentFlags != 1)
                Assert.True(udp.ValidUdpChecksum, "the datagram's checksum");
            if (ip.PayloadPacket is TcpPacket tcp)
                Assert.True(tcp.ValidTcpChecksum, "the segment's checksum");
            if (ip.PayloadPacket is IcmpV4Packet icmp)
                Assert.Equal(icmp.Checksum, Recomputed(icmp));
        }

        return ethernet.Extract<T>() ?? throw new InvalidOperationException($"no {typeof(T).Name}");
    }

    private static ushort Recomputed(IcmpV4Packet icmp)
    {
        IcmpV4Packet copy = new(new PacketDotNet.Utils.ByteArraySegment([.. icmp.Bytes])) { Checksum = 0 };
        copy.UpdateIcmpChecksum();
        return copy.Checksum;
    }

    private static byte[] Wrap(Packet payload, ProtocolType protocol, string source, string destination, Action sum)
    {
        IPv4Packet ip = new(IPAddress.Parse(source), IPAddress.Parse(destination)) { Protocol = protocol, TimeToLive = 64, Id = 1, PayloadPacket = payload };
        sum();
        ip.UpdateIPChecksum();
        EthernetPacket frame = new(PhysicalAddress.Parse("02-00-00-00-00-01"), PhysicalAddress.Parse("02-00-00-00-00-02"), EthernetType.IPv4) { PayloadPacket = ip };
        return frame.Bytes;
    }
}
