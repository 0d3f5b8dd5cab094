using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>An MTU above what a buffer holds: packets come and go in several buffers.</summary>
public sealed class JumboFrameTests
{
    private readonly Dialogue _net = new(mtu: 9000);
    private readonly UdpEndpoint _endpoint;

    public JumboFrameTests()
    {
        _endpoint = _net.Bind(7);
        _net.IntroducePeer();
        _net.Device.PieceSize = 4030; // as a virtio card merges
    }

    [Theory]
    [InlineData(3987)]
    [InlineData(3988)]  // the most that one buffer holds
    [InlineData(3989)]
    [InlineData(8018)]
    [InlineData(8019)]
    [InlineData(8972)]  // a full packet
    public void DatagramUpToTheMtuLeavesAsOnePacket(int length)
    {
        byte[] payload = Bytes(length);

        Assert.Equal(SendStatus.Sent, _endpoint.Send(payload, Frames.Peer, 4000));

        SeenPacket packet = _net.ExpectIpv4();
        _net.ExpectNothing();
        Assert.False(packet.Ip.HasMoreFragments);
        Assert.Equal(payload, Frames.ReadUdp(packet.Payload, Frames.Us, Frames.Peer).Payload);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Theory]
    [InlineData(8973)]
    [InlineData(8976)]
    [InlineData(17_950)]
    [InlineData(30_000)]
    [InlineData(65_507)]
    public void Longer_datagram_leaves_in_fragments_as_long_as_the_MTU_allows(int length)
    {
        byte[] payload = Bytes(length);

        Assert.Equal(SendStatus.Sent, _endpoint.Send(payload, Frames.Peer, 4000));

        int packets = (length + 8 + 8975) / 8976;
        List<byte> datagram = [];
        for (int i = 0; i < packets && _net.Device.Sent.Count != 0; i++)
        {
            SeenPacket packet = _net.ExpectIpv4();
            Assert.Equal(datagram.Count, packet.Ip.FragmentOffset);
            Assert.Equal(_net.Device.Sent.Count != 0, packet.Ip.HasMoreFragments);
            datagram.AddRange(packet.Payload);
        }

        _net.ExpectNothing();
        Assert.Equal(payload, Frames.ReadUdp([.. datagram], Frames.Us, Frames.Peer).Payload);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Theory]
    [InlineData(3900)]
    [InlineData(8972)]
    [InlineData(65_507)]
    public void Datagram_that_came_in_several_buffers_is_received(int length)
    {
        byte[] payload = Bytes(length);
        byte[] buffer = new byte[70_000];

        _net.Receive(FragmentTests.Cut(Frames.UdpPayload(4000, 7, payload), 8976, id: 5));

        Assert.True(_endpoint.TryReceive(buffer, out UdpReceipt receipt));
        Assert.Equal(payload, buffer[..receipt.Length]);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Theory]
    [InlineData(4000, 1)]
    [InlineData(8972, 1)]
    [InlineData(30_000, 4)]
    public void Echo_is_answered_in_packets_as_long_as_its_own(int length, int packets)
    {
        byte[] request = Frames.IcmpPayload(IcmpType.EchoRequest, 0, 77, Bytes(length));
        byte[] expected = Frames.IcmpPayload(IcmpType.EchoReply, 0, 77, request.AsSpan(8));

        _net.Receive(FragmentTests.Cut(request, 8976, 3, IpProtocol.Icmp));

        Assert.Equal(packets, _net.Device.Sent.Count);
        List<byte> reply = [];
        while (_net.Device.Sent.Count != 0)
            reply.AddRange(_net.ExpectIpv4().Payload);
        Assert.Equal(expected, reply);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + (i >> 8)))];
}
