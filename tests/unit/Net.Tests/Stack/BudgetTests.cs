using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Whatever nobody reads, and whatever is incomplete, the machine has buffers for everybody else.</summary>
public sealed class BudgetTests
{
    private readonly byte[] _buffer = new byte[70_000];

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 4)]
    [InlineData(64, 50)]
    [InlineData(512, 4)]
    [InlineData(512, 300)]
    public void Sockets_that_nobody_reads_leave_the_others_served(int buffers, int sockets)
    {
        Dialogue net = new(buffers: buffers);
        UdpEndpoint served = net.Bind(7);
        List<UdpEndpoint> unread = Flood(net, sockets, perSocket: 300);

        AssertServed(net, served, rounds: 100);

        Assert.True(net.Pool.Available >= net.Pool.Count / 2, $"{net.Pool.Available} of {net.Pool.Count} are left");
        unread.ForEach(endpoint => endpoint.Close());
        net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Socket_that_is_bound_in_a_flood_is_served_too()
    {
        Dialogue net = new(buffers: 64);
        Flood(net, 50, perSocket: 100);
        net.Advance(Duration.FromMilliseconds(1));
        AssertServed(net, net.Bind(7), rounds: 20);
    }

    [Fact]
    public void Bursts_for_a_socket_that_is_read_are_taken_beside_many_that_are_not()
    {
        Dialogue net = new(buffers: 512);
        UdpEndpoint served = net.Bind(7);
        Flood(net, 100, perSocket: 100);
        for (int round = 0; round < 10; round++)
        {
            net.Advance(Duration.FromMilliseconds(1));
            Assert.Equal(0, Drain(served));
            net.Receive([.. Enumerable.Repeat(Frames.Udp(4000, 7, "x"u8), 16)]);
            Assert.Equal(16, Drain(served));
        }
    }

    [Fact]
    public void The_first_burst_for_a_socket_that_waits_is_taken_beside_many_that_do_not()
    {
        Dialogue net = new(buffers: 512);
        Flood(net, 8, perSocket: 500);
        UdpEndpoint served = net.Bind(7);
        served.Readers.Add(new CountingWatcher());
        net.Advance(Duration.FromMilliseconds(1));
        net.Receive([.. Enumerable.Repeat(Frames.Udp(4000, 7, "x"u8), 16)]);
        Assert.Equal(16, Drain(served));
    }

    [Fact]
    public void Large_datagram_is_put_together_beside_sockets_that_nobody_reads()
    {
        Dialogue net = new(buffers: 512);
        UdpEndpoint served = net.Bind(7);
        Flood(net, 20, perSocket: 300);
        net.Advance(Duration.FromMilliseconds(1));
        Drain(served);
        byte[] payload = new byte[65_000];
        new Random(1).NextBytes(payload);
        net.Receive(FragmentTests.Cut(Frames.UdpPayload(4000, 7, payload), 1480, 9));
        Assert.True(served.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(payload, _buffer[..receipt.Length]);
    }

    [Fact]
    public void Every_buffer_of_a_chain_counts()
    {
        Dialogue net = new(buffers: 512);
        UdpEndpoint endpoint = net.Bind(7);
        net.Device.PieceSize = 150;
        for (int i = 0; i < 200; i++)
            net.Receive(Frames.Udp(4000, 7, new byte[1400]));
        Assert.InRange(net.Pool.Count - net.Pool.Available, 100, (net.Pool.Count / 4) + 10);
        Drain(endpoint);
        net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Fragments_that_flood_leave_sockets_served()
    {
        Dialogue net = new(buffers: 64);
        UdpEndpoint served = net.Bind(7);
        for (int i = 0; i < 1000; i++)
            net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[1200], id: (ushort)i, fragment: Ipv4Header.MoreFragments));
        Assert.True(net.Pool.Available >= net.Pool.Count / 2);
        AssertServed(net, served, rounds: 20);
        net.Device.LinkUp = false;
        net.Poll();
        net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Endpoint_that_is_closed_twice_is_handed_out_once()
    {
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        endpoint.Close();
        endpoint.Close();
        Assert.NotSame(net.Bind(8), net.Bind(9));
    }

    private static List<UdpEndpoint> Flood(Dialogue net, int sockets, int perSocket)
    {
        List<UdpEndpoint> unread = [.. Enumerable.Range(0, sockets).Select(i => net.Bind((ushort)(1000 + i)))];
        for (int i = 0; i < perSocket; i++)
        {
            for (int socket = 0; socket < sockets; socket++)
                net.Device.Inject(Frames.Udp(4000, (ushort)(1000 + socket), new byte[100]));
            while (!net.Device.Arm())
                net.Poll();
        }

        return unread;
    }

    private int Drain(UdpEndpoint endpoint)
    {
        int count = 0;
        while (endpoint.TryReceive(_buffer, out _))
            count++;
        return count;
    }

    // Asked by hosts that are new each time, so that ARP is needed too; and every round something comes for those that nobody reads.
    private void AssertServed(Dialogue net, UdpEndpoint served, int rounds)
    {
        byte[] ping = Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "data"u8);
        for (int round = 0; round < rounds; round++)
        {
            net.Advance(Duration.FromMilliseconds(1));
            net.Device.Sent.Clear();
            MacAddress link = new(0x0200_0001_0000UL + (ulong)round);
            IpAddress host = IpAddress.FromIpv4(0x0a00_0003 + (uint)round);
            net.Receive(Frames.Arp(ArpOperation.Request, link, host, default, Frames.Us));
            net.ExpectArp(ArpOperation.Reply);
            net.Receive(Frames.Ipv4(IpProtocol.Icmp, ping, source: host, from: link));
            Assert.Equal(host, net.ExpectIpv4().Destination);
            net.Receive(Frames.Udp(4000, 1000, new byte[100]), Frames.Udp(4000, 7, "hello"u8, source: host, from: link));
            net.Device.Sent.Clear();
            Assert.True(served.TryReceive(_buffer, out UdpReceipt receipt), $"round {round}: not delivered");
            Assert.Equal(SendStatus.Sent, served.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
            Assert.Equal("hello"u8.ToArray(), net.ExpectUdp().Payload);
        }
    }
}
