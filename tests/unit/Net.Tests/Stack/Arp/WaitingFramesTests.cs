using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>What is sent to a neighbour that has not answered yet, whatever its length, is sent when it does.</summary>
public class WaitingFramesTests
{
    [Theory]
    [InlineData(4_016)]
    [InlineData(4_017)]
    [InlineData(8_000)]
    [InlineData(8_972)]
    public void A_jumbo_frame_waits_in_one_piece(int length)
    {
        Dialogue net = new(mtu: 9000);
        byte[] payload = Send(net, length);
        net.ExpectArp(ArpOperation.Request);
        net.ExpectNothing();

        Answer(net);

        Assert.Equal(payload, net.ExpectUdp().Payload);
        net.ExpectNothing();
        net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(1_500, 1_473, 2)]
    [InlineData(1_500, 20_000, 14)]
    [InlineData(1_500, 65_507, 45)]
    [InlineData(9_000, 20_000, 3)]
    [InlineData(9_000, 65_507, 8)]
    public void Every_fragment_waits(int mtu, int length, int fragments)
    {
        Dialogue net = new(mtu: mtu);
        byte[] payload = Send(net, length);
        net.ExpectArp(ArpOperation.Request);
        net.ExpectNothing();

        Answer(net);

        Assert.Equal(fragments, net.Device.Sent.Count);
        List<byte> datagram = [];
        while (net.Device.Sent.Count != 0)
            datagram.AddRange(net.ExpectIpv4().Payload);
        Assert.Equal(payload, datagram.Skip(UdpHeader.Size));
        net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(1_500)]
    [InlineData(9_000)]
    public void A_datagram_waits_whole_or_not_at_all(int mtu)
    {
        Dialogue net = new(buffers: 64, mtu: mtu);
        Send(net, 20_000);
        net.ExpectArp(ArpOperation.Request);
        net.ExpectDropped(DropCause.NeighbourFull);
        byte[] shorter = Send(net, 700);

        Answer(net);

        Assert.Equal(shorter, net.ExpectUdp().Payload);
        net.ExpectNothing();
        net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_jumbo_frame_for_which_there_are_no_buffers_is_counted()
    {
        Dialogue net = new(mtu: 9000, buffers: 64);
        Send(net, 8_000);
        net.ExpectArp(ArpOperation.Request);
        // One is for the answer itself, and is in use while what waits is sent.
        List<PacketBuffer> taken = [];
        while (net.Pool.Available > 2)
            taken.Add(net.Pool.TryTake()!);

        Answer(net);

        taken.ForEach(buffer => buffer.Release());
        net.ExpectDropped(DropCause.NoBuffer);
    }

    private static byte[] Send(Dialogue net, int length)
    {
        byte[] payload = new byte[length];
        new Random(length).NextBytes(payload);
        UdpEndpoint endpoint = net.Stack.CreateUdpEndpoint();
        Assert.Equal(SendStatus.Sent, endpoint.Send(payload, Frames.Peer, 9));
        net.Poll();
        return payload;
    }

    private static void Answer(Dialogue net) =>
        net.Receive(Frames.Arp(ArpOperation.Reply, Frames.PeerLink, Frames.Peer, Frames.OurLink, Frames.Us, to: Frames.OurLink));
}
