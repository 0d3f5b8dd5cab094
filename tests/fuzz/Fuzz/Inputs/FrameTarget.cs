using System;
using System.Buffers.Binary;
using Guest.Net;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>Frames (<see cref="FrameRecords"/>).</summary>
internal sealed class FrameTarget() : InputTarget("frames", "frames into the stack, as a card hands them over")
{
    public override byte[][] Words =>
        [Link(Frames.OurLink), Link(Frames.PeerLink), Link(MacAddress.Broadcast), [10, 0, 0, 2], [10, 0, 0, 1], [10, 0, 0, 255], [8, 0, 0x45, 0], [8, 6, 0, 1, 8, 0, 6, 4, 0, 1], [0x81, 0]];

    public override byte[][] Seeds
    {
        get
        {
            byte[] arp = FrameRecords.Of(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us), makesSumRight: false);
            byte[] udp = FrameRecords.Of(Frames.Udp(4000, 7, "echo"u8));
            byte[] ping = FrameRecords.Of(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "ping"u8)));
            byte[] closed = FrameRecords.Of(Frames.Udp(4000, 9, "nobody"u8));
            byte[] unreachable = FrameRecords.Of(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.DestinationUnreachable, 4, 576, Frames.Udp(7, 4000, "echo"u8).AsSpan(14))));
            byte[] vlan = FrameRecords.Of(Frames.Ethernet(Frames.OurLink, Frames.PeerLink, (EtherType)0x8100, [0, 0, .. Frames.Udp(4000, 7, "echo"u8).AsSpan(12)]));
            return [[.. arp, .. udp], ping, closed, [.. arp, .. udp, .. unreachable, .. udp], vlan, FrameRecords.Of(Frames.Udp(4000, 7, "x"u8, options: [7, 7, 4, 0, 0, 0, 0, 0]))];
        }
    }

    public override void Run(ReadOnlySpan<byte> input) => FrameRecords.Run(new NetworkBench(), input, MakeSumsRight);

    private static void MakeSumsRight(Span<byte> frame)
    {
        int start = frame.Length > 18 && frame[12] == 0x81 && frame[13] == 0 ? 18 : EthernetHeader.Size;
        if (frame.Length < start + Ipv4Header.Size || frame[start - 2] != 8 || frame[start - 1] != 0)
            return;
        Span<byte> packet = frame[start..];
        int header = (packet[0] & 15) * 4;
        if (header < Ipv4Header.Size || header > packet.Length)
            return;
        Frames.SumHeader(packet);
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (total < header + 8 || total > packet.Length)
            return;
        Span<byte> message = packet[header..total];
        if (packet[9] == (byte)IpProtocol.Icmp)
            Put(message[2..], 0, message, 0);
        else if (packet[9] == (byte)IpProtocol.Udp)
            Put(message[6..], 0, message, Frames.Sum(packet.Slice(12, 8), (uint)(17 + message.Length)));
    }

    private static void Put(Span<byte> field, ushort clear, ReadOnlySpan<byte> message, ushort before)
    {
        BinaryPrimitives.WriteUInt16BigEndian(field, clear);
        ushort sum = (ushort)~Frames.Sum(message, before);
        BinaryPrimitives.WriteUInt16BigEndian(field, sum == 0 ? (ushort)0xffff : sum);
    }

    private static byte[] Link(MacAddress address)
    {
        byte[] bytes = new byte[6];
        address.Write(bytes);
        return bytes;
    }
}
