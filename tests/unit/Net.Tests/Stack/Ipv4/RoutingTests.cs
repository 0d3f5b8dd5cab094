using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Several interfaces, gateways, and links that come and go.</summary>
public sealed class RoutingTests
{
    private static readonly MacAddress s_secondLink = new(0x0200_0000_0022);
    private readonly byte[] _buffer = new byte[2000];

    [Fact]
    public void Off_link_destination_goes_to_the_gateway()
    {
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        endpoint.Send("x"u8, Frames.Ip("192.0.2.9"), 9);
        Assert.Equal(Frames.Ip("10.0.0.254"), net.ExpectArp(ArpOperation.Request).TargetProtocol);
        MacAddress router = new(0x0200_0000_00fe);
        net.Receive(Frames.Arp(ArpOperation.Reply, router, Frames.Ip("10.0.0.254"), Frames.OurLink, Frames.Us, to: Frames.OurLink));
        SeenPacket packet = net.ExpectIpv4();
        Assert.Equal((Frames.Ip("192.0.2.9"), router), (packet.Destination, packet.Ethernet.Destination));
    }

    [Theory]
    [InlineData("192.0.2.9")]
    [InlineData("0.0.0.0")]
    [InlineData("2001:db8::1")]
    public void Without_a_route_it_is_dropped_and_counted(string destination)
    {
        Dialogue net = new(configuration: InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)));
        UdpEndpoint endpoint = net.Bind(7);
        Assert.Equal(SendStatus.Dropped, endpoint.Send("x"u8, Frames.Ip(destination), 9));
        Assert.Equal(1, net.Stack.Drops[DropCause.NoRoute]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.2")]
    public void Host_does_not_talk_to_itself(string destination)
    {
        Dialogue net = new();
        Assert.Equal(SendStatus.Dropped, net.Bind(7).Send("x"u8, Frames.Ip(destination), 9));
        net.ExpectNothing();
    }

    [Fact]
    public void Each_destination_leaves_by_its_networks_interface()
    {
        (Dialogue net, FakeDevice second, NetworkInterface _) = TwoInterfaces("10.1.0.2/24");
        UdpEndpoint endpoint = net.Bind(7);
        endpoint.Send("x"u8, Frames.Ip("10.1.0.1"), 9);
        net.ExpectNothing();
        Assert.Equal(42, second.Sent.Dequeue().Length);
        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Empty(second.Sent);
        net.ExpectArp(ArpOperation.Request);
    }

    [Fact]
    public void More_specific_network_wins()
    {
        (Dialogue net, FakeDevice second, NetworkInterface _) = TwoInterfaces("10.0.0.129/25");
        net.Bind(7).Send("x"u8, Frames.Ip("10.0.0.200"), 9);
        net.ExpectNothing();
        Assert.Single(second.Sent);
    }

    [Fact]
    public void Answer_leaves_by_the_interface_by_which_the_question_came()
    {
        // Both interfaces are on one network, and the same peer asks by both in turn.
        (Dialogue net, FakeDevice second, NetworkInterface secondInterface) = TwoInterfaces("10.0.0.3/24");
        net.IntroducePeer();
        second.Inject(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Ip("10.0.0.3")));
        secondInterface.Poll(net.Now);
        second.Sent.Clear();
        UdpEndpoint endpoint = net.Bind(7);
        for (int i = 0; i < 3; i++)
        {
            net.Receive(Frames.Udp(4000, 7, "one"u8));
            Echo(endpoint);
            Assert.Equal(Frames.Us, net.ExpectUdp().Source);
            Assert.Empty(second.Sent);

            second.Inject(Frames.Udp(4000, 7, "two"u8, destination: Frames.Ip("10.0.0.3"), to: s_secondLink));
            secondInterface.Poll(net.Now);
            Echo(endpoint);
            net.ExpectNothing();
            Assert.Equal(Frames.Ip("10.0.0.3"), Frames.ReadUdp(second.Sent.Dequeue()).Source);
        }
    }

    [Fact]
    public void Bound_address_chooses_the_interface()
    {
        (Dialogue net, FakeDevice second, NetworkInterface _) = TwoInterfaces("10.0.0.3/24");
        net.Bind(7, "10.0.0.3").Send("x"u8, Frames.Peer, 9);
        net.ExpectNothing();
        Assert.Single(second.Sent);
    }

    [Fact]
    public void Link_down_drops_what_waits_and_link_up_announces_again()
    {
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        endpoint.Send("x"u8, Frames.Peer, 9);
        net.ExpectArp(ArpOperation.Request);
        net.Device.LinkUp = false;
        net.Poll();
        Assert.False(net.Interface.IsUsable);
        Assert.Equal(net.Pool.Count, net.Pool.Available);
        endpoint.Send("y"u8, Frames.Peer, 9);
        Assert.Equal(net.Pool.Count, net.Pool.Available);
        net.Device.Sent.Clear();
        net.Device.LinkUp = true;
        net.Poll();
        Assert.Equal(Frames.Us, net.ExpectArp(ArpOperation.Request).TargetProtocol);
        Assert.True(net.Interface.IsUsable);
    }

    [Theory]
    [InlineData(0x0200_0000_0077, 1500, NetworkOffloads.None)]
    [InlineData(0, 1400, NetworkOffloads.None)]
    [InlineData(0, 1500, NetworkOffloads.TransmitChecksum)]
    public void A_device_that_came_back_as_another_between_two_polls_is_taken_as_it_is_now(long address, int mtu, NetworkOffloads offloads)
    {
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        net.IntroducePeer();
        if (address != 0)
            net.Device.Address = new MacAddress((ulong)address);
        net.Device.Mtu = mtu;
        net.Device.Offloads = offloads;
        net.Advance(Duration.FromMilliseconds(20));

        // As after any other new link: it says who it is, and knows no neighbour.
        ArpPacket announcement = net.ExpectArp(ArpOperation.Request);
        Assert.Equal((net.Device.Address, Frames.Us), (announcement.SenderHardware, announcement.TargetProtocol));
        Assert.Equal(mtu, net.Interface.Mtu);
        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(Frames.Peer, net.ExpectArp(ArpOperation.Request).TargetProtocol);
        net.Advance(Duration.FromMilliseconds(20));
        Assert.Empty(net.Device.Sent);
    }

    [Fact]
    public void Ready_is_told_once_when_an_endpoint_is_bound_and_an_address_is_usable()
    {
        Dialogue net = new(linkUp: false);
        int told = 0;
        net.Stack.FirstEndpointReady = (usable, endpoint) =>
        {
            told++;
            Assert.Equal((net.Interface, (ushort)7), (usable, endpoint.LocalPort));
        };
        net.Bind(7);
        Assert.Equal(0, told);
        net.Device.LinkUp = true;
        net.Poll();
        Assert.Equal(1, told);
        net.Bind(8);
        net.Device.LinkUp = false;
        net.Poll();
        net.Device.LinkUp = true;
        net.Poll();
        Assert.Equal(1, told);
    }

    private void Echo(UdpEndpoint endpoint)
    {
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort);
    }

    private static (Dialogue First, FakeDevice Second, NetworkInterface SecondInterface) TwoInterfaces(string second)
    {
        Dialogue net = new();
        PacketPool pool = new(64);
        FakeDevice device = new(pool) { Address = s_secondLink };
        Assert.True(IpPrefix.TryParse(second, out IpPrefix prefix));
        NetworkInterface added = net.Stack.AddInterface(device, pool, InterfaceConfiguration.Fixed(prefix), net.Now);
        added.Poll(net.Now);
        device.Sent.Clear();
        return (net, device, added);
    }
}
