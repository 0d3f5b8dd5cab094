using System;
using System.Buffers.Binary;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>Frames of IPv6 to a host that has its addresses: neighbour discovery, routers, extension headers, fragments, errors
/// (<see cref="FrameRecords"/>).</summary>
internal sealed class Ipv6Target() : InputTarget("ipv6", "frames of IPv6: neighbours, routers, extension headers, fragments")
{
    private const int HeaderSize = 40;
    private const int MostHeaders = 10;

    // A stack that begins from the same random numbers chooses the same addresses.
    private static readonly (IpAddress Link, IpAddress Global) s_us = FindAddresses();

    public override byte[][] Words =>
    [
        Ipv6Frames.Bytes(s_us.Link), Ipv6Frames.Bytes(s_us.Global), Ipv6Frames.Bytes(Ipv6Frames.Peer), Ipv6Frames.Bytes(Ipv6Frames.AllNodes),
        Ipv6Frames.Bytes(Ipv6Frames.SolicitedNode(s_us.Link)), Ipv6Frames.Bytes(Ipv6Frames.GroupLink(Ipv6Frames.AllNodes)), [0x86, 0xdd, 0x60], [58, 255], [134, 0], [135, 0],
        [136, 0], [130, 0], [2, 0, 0, 0, 0, 0, 5, 0], [1, 1], [2, 1], [3, 4, 64, 0xc0], [5, 1, 0, 0], [25, 3], [43, 0], [44, 0], [60, 0], [0, 1],
    ];

    public override byte[][] Seeds
    {
        get
        {
            (IpAddress us, IpAddress global) = s_us;
            byte[] ask = FrameRecords.Of(Ipv6Frames.Solicitation(us));
            byte[] answer = FrameRecords.Of(Ipv6Frames.Advertisement(Ipv6Frames.Peer, Frames.PeerLink, us, 0x60));
            byte[] udp = FrameRecords.Of(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, us, 4000, 7, "echo"u8));
            byte[] far = FrameRecords.Of(Ipv6Frames.UdpPacket(Frames.Ip("2001:db8:1::9"), global, 4000, 7, "echo"u8));
            byte[] closed = FrameRecords.Of(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, us, 4000, 5, "nobody"u8));
            byte[] ping = FrameRecords.Of(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, us, Ipv6Frames.EchoRequest, [1, 2, 0, 1, 9, 9, 9]));
            byte[] everyone = FrameRecords.Of(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.EchoRequest, [1, 2, 0, 1, 9]));
            byte[] router = FrameRecords.Of(Ipv6Frames.RouterAdvertisement([.. Ipv6Frames.PrefixOption("2001:db8:2::", 3600, 1800), 5, 1, 0, 0, 0, 0, 5, 0x14,
                25, 3, 0, 0, 0, 0, 1, 0, .. Ipv6Frames.Bytes(Ipv6Frames.Peer)]));
            byte[] tooBig = FrameRecords.Of(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, us, 2, [0, 0, 5, 0, .. Ipv6Frames.UdpPacket(us, Ipv6Frames.Peer, 7, 4000, new byte[1300]).AsSpan(14, 100)]));
            byte[] query = FrameRecords.Of(Ipv6Frames.Packet(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 0,
                [58, 0, 5, 2, 0, 0, 1, 0, .. Ipv6Frames.Message(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 130, 0, [0, 9, 0, 0, .. new byte[16], 2, 125, 0, 0])], hops: 1));
            byte[] datagram = Ipv6Frames.UdpDatagram(Ipv6Frames.Peer, us, 4000, 7, new byte[100]);
            byte[] first = FrameRecords.Of(Ipv6Frames.Packet(Ipv6Frames.Peer, us, 44, [.. Ipv6Frames.FragmentHeader(17, 0, true, 7), .. datagram.AsSpan(0, 56)]));
            byte[] second = FrameRecords.Of(Ipv6Frames.Packet(Ipv6Frames.Peer, us, 44, [.. Ipv6Frames.FragmentHeader(17, 56, false, 7), .. datagram.AsSpan(56)]));
            byte[] extended = FrameRecords.Of(Ipv6Frames.Packet(Ipv6Frames.Peer, us, 0, [60, 0, 5, 2, 0, 0, 1, 0, 43, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, .. datagram]));
            byte[] syn = FrameRecords.Of(Ipv6Frames.Packet(Ipv6Frames.Peer, us, 6, [1, 2, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 16, 0, 0, 0, 0, 0]));
            return [[.. ask, .. udp], [.. udp, .. answer], far, closed, ping, everyone, router, [.. ask, .. tooBig, .. udp], query, [.. ask, .. first, .. second], extended, syn];
        }
    }

    public override void Run(ReadOnlySpan<byte> input) => FrameRecords.Run(NetworkBench.WithBothVersions(), input, MakeSumRight);

    private static (IpAddress Link, IpAddress Global) FindAddresses()
    {
        NetworkInterface network = NetworkBench.WithBothVersions().Net.Interface;
        return (network.LinkLocalAddress, network.Ipv6!.Addresses.Global!.Address);
    }

    private static void MakeSumRight(Span<byte> frame)
    {
        if (frame.Length < 14 + HeaderSize || frame[12] != 0x86 || frame[13] != 0xdd)
            return;
        Span<byte> packet = frame[14..];
        int end = Math.Min(HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]), packet.Length);
        int at = HeaderSize;
        byte next = packet[6];
        for (int i = 0; i < MostHeaders && next is 0 or 43 or 60 && at + 8 <= end; i++)
        {
            next = packet[at];
            at += (packet[at + 1] + 1) * 8;
        }

        int field = next switch
        {
            58 => 2,
            17 => 6,
            6 => 16,
            _ => 0,
        };
        if (field == 0 || at + field + 2 > end)
            return;
        Span<byte> message = packet[at..end];
        BinaryPrimitives.WriteUInt16BigEndian(message[field..], 0);
        ushort sum = (ushort)~Ipv6Frames.Sum(IpAddress.Read(packet[8..]), IpAddress.Read(packet[24..]), next, message);
        BinaryPrimitives.WriteUInt16BigEndian(message[field..], sum == 0 ? (ushort)0xffff : sum);
    }
}
