using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Links with many hosts, and with many that are not there.</summary>
public sealed class ManyNeighboursTests
{
    private readonly byte[] _buffer = new byte[2000];

    [Theory]
    [InlineData(200, 128)]
    [InlineData(1000, 512)]
    [InlineData(1200, 1024)]
    public void Each_of_many_hosts_that_ask_at_once_is_answered(int hosts, int buffers)
    {
        Dialogue net = OnAWideLink(buffers);
        UdpEndpoint endpoint = net.Bind(7);
        List<IpAddress> asked = [];
        HashSet<IpAddress> answered = [];
        for (int i = 0; i < hosts; i++)
        {
            net.Device.Inject(Frames.Udp(4000, 7, "hello"u8, source: Host(i), from: Link(i)));
            if (i % 16 != 15 && i != hosts - 1)
                continue;
            net.Poll();
            Echo(endpoint);
            Collect(net, asked, answered);
        }

        Assert.Equal(hosts, asked.Count);
        Assert.Empty(answered);
        foreach (IpAddress host in asked)
            net.Device.Inject(Reply(host));
        for (int pass = 0; pass <= hosts / NetworkInterface.BurstSize; pass++)
            net.Interface.Poll(net.Now);
        Collect(net, asked, answered);
        Assert.Equal(hosts, answered.Count);
        net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(3000)]
    public void Hosts_that_are_not_there_lock_nobody_out(int absent)
    {
        Dialogue net = OnAWideLink(buffers: 32);
        UdpEndpoint endpoint = net.Bind(7);
        net.IntroducePeer();
        SendTo(net, endpoint, Frames.Peer);
        Assert.Equal(Frames.PeerLink, net.ExpectIpv4().Ethernet.Destination);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < absent; i++)
            {
                net.Receive(Frames.Udp(4000, 7, "x"u8, source: Host(round * absent + i), from: Link(i)));
                Echo(endpoint);
            }

            // Who is spoken to stays known, and who comes is answered at once.
            net.Device.Sent.Clear();
            SendTo(net, endpoint, Frames.Peer);
            Assert.Equal(Frames.PeerLink, net.ExpectIpv4().Ethernet.Destination);
            int guest = 60_000 + round;
            net.Receive(Frames.Udp(4000, 7, "hello"u8, source: Host(guest), from: Link(guest)));
            Echo(endpoint);
            Assert.Equal(Host(guest), net.ExpectArp(ArpOperation.Request).TargetProtocol);
            net.Receive(Reply(Host(guest)));
            Assert.Equal(Host(guest), net.ExpectUdp().Destination);
            net.Advance(Duration.FromSeconds(5));
            net.Device.Sent.Clear();
        }
    }

    [Fact]
    public void Hosts_that_are_in_use_give_way_to_nobody_who_does_not_answer()
    {
        // A table of 64 of which 8 are for those that are asked for.
        Dialogue net = OnAWideLink(buffers: 32);
        UdpEndpoint endpoint = net.Bind(7);
        for (int i = 0; i < 56; i++)
        {
            net.Receive(Frames.Arp(ArpOperation.Request, Link(i), Host(i), default, Frames.Us));
            SendTo(net, endpoint, Host(i));
        }

        for (int i = 1000; i < 2000; i++)
            SendTo(net, endpoint, Host(i));
        net.Device.Sent.Clear();
        for (int i = 0; i < 56; i++)
        {
            SendTo(net, endpoint, Host(i));
            Assert.Equal(Link(i), net.ExpectIpv4().Ethernet.Destination);
        }
    }

    [Fact]
    public void More_hosts_than_the_table_holds_are_all_answered_in_turn()
    {
        Dialogue net = OnAWideLink(buffers: 32);
        UdpEndpoint endpoint = net.Bind(7);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 300; i++)
            {
                net.Receive(Frames.Udp(4000, 7, "hello"u8, source: Host(i), from: Link(i)));
                Echo(endpoint);
                byte[] frame = net.ExpectFrame();
                if (frame[13] == 6)
                {
                    net.Receive(Reply(Host(i)));
                    frame = net.ExpectFrame();
                }

                Assert.Equal(Host(i), Frames.ReadUdp(frame).Destination);
            }
        }
    }

    [Fact]
    public void Errors_that_are_not_sent_ask_for_nobody()
    {
        Dialogue net = OnAWideLink(buffers: 128);
        for (int i = 0; i < 500; i++)
            net.Receive(Frames.Udp(4000, 7777, "x"u8, source: Host(i), from: Link(i)));
        Assert.Equal(10, net.Device.Sent.Count);
        Assert.Equal(490, net.Interface.Drops[DropCause.RateLimited]);
    }

    [Fact]
    public void Waiting_frames_are_the_same_when_they_are_sent()
    {
        Dialogue net = new(NetworkOffloads.TransmitChecksum);
        UdpEndpoint endpoint = net.Bind(7);
        byte[][] payloads = [.. Enumerable.Range(0, 40).Select(i => new byte[i * 36])];
        foreach (byte[] payload in payloads)
        {
            new Random(payload.Length).NextBytes(payload);
            endpoint.Send(payload, Frames.Peer, 9);
        }

        net.Device.Sent.Clear();
        net.Receive(Reply(Frames.Peer));
        foreach (byte[] payload in payloads)
            Assert.Equal(payload, net.ExpectUdp(isSummed: false).Payload);
        Assert.Equal((34, 6), net.Device.LastChecksum);
    }

    private static Dialogue OnAWideLink(int buffers) =>
        new(configuration: InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 8)), buffers: buffers);

    private static IpAddress Host(int index) => IpAddress.FromIpv4(0x0a01_0000 + (uint)index);

    private static MacAddress Link(int index) => new(0x0200_0001_0000UL + (ulong)index);

    private static byte[] Reply(IpAddress host) =>
        Frames.Arp(ArpOperation.Reply, new MacAddress(0x0200_0000_0000UL | host.Ipv4), host, Frames.OurLink, Frames.Us, to: Frames.OurLink);

    private static void SendTo(Dialogue net, UdpEndpoint endpoint, IpAddress host)
    {
        net.Device.Sent.Clear();
        Assert.Equal(SendStatus.Sent, endpoint.Send("x"u8, host, 9));
    }

    private void Echo(UdpEndpoint endpoint)
    {
        while (endpoint.TryReceive(_buffer, out UdpReceipt receipt))
            Assert.Equal(SendStatus.Sent, endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
    }

    private static void Collect(Dialogue net, List<IpAddress> asked, HashSet<IpAddress> answered)
    {
        while (net.Device.Sent.TryDequeue(out byte[]? frame))
        {
            if (frame[13] != 6)
                answered.Add(Frames.ReadUdp(frame).Destination);
            else if (ArpPacket.TryRead(frame.AsSpan(EthernetHeader.Size), out ArpPacket packet))
                asked.Add(packet.TargetProtocol);
        }
    }
}
