using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 826, RFC 5227, and the bounds of the neighbour cache.</summary>
public sealed class ArpTests
{
    private static readonly MacAddress s_thief = new(0x0200_0000_0066);
    private readonly Dialogue _net = new();

    [Fact]
    public void Interface_announces_itself()
    {
        Dialogue net = new(linkUp: false);
        net.Poll();
        net.ExpectNothing();
        net.Device.LinkUp = true;
        net.Poll();
        ArpPacket packet = net.ExpectArp(ArpOperation.Request);
        Assert.Equal((Frames.Us, Frames.Us), (packet.SenderProtocol, packet.TargetProtocol));
        Assert.Equal(Frames.OurLink, packet.SenderHardware);
    }

    [Fact]
    public void Request_for_us_is_answered_to_its_sender_in_its_own_buffer()
    {
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        byte[] frame = _net.Device.Sent.Peek();
        ArpPacket packet = _net.ExpectArp(ArpOperation.Reply);
        Assert.True(EthernetHeader.TryRead(frame, out EthernetHeader header));
        Assert.Equal(Frames.PeerLink, header.Destination);
        Assert.Equal((Frames.OurLink, Frames.Us), (packet.SenderHardware, packet.SenderProtocol));
        Assert.Equal((Frames.PeerLink, Frames.Peer), (packet.TargetHardware, packet.TargetProtocol));
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Probe_for_our_address_is_answered_and_teaches_nothing()
    {
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, IpAddress.AnyIpv4, default, Frames.Us));
        _net.ExpectArp(ArpOperation.Reply);
    }

    [Fact]
    public void Request_for_another_is_not_answered()
    {
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Ip("10.0.0.9")));
        _net.ExpectNothing();
    }

    [Fact]
    public void Unknown_next_hop_is_asked_for_and_the_packet_waits()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("first"u8, Frames.Peer, 9);
        endpoint.Send("second"u8, Frames.Peer, 9);
        ArpPacket request = _net.ExpectArp(ArpOperation.Request);
        Assert.Equal((Frames.Peer, Frames.Us), (request.TargetProtocol, request.SenderProtocol));
        _net.ExpectNothing();

        _net.Receive(Frames.Arp(ArpOperation.Reply, Frames.PeerLink, Frames.Peer, Frames.OurLink, Frames.Us, to: Frames.OurLink));
        Assert.Equal("first"u8.ToArray(), _net.ExpectUdp().Payload);
        Assert.Equal("second"u8.ToArray(), _net.ExpectUdp().Payload);
        endpoint.Send("third"u8, Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _net.ExpectIpv4().Ethernet.Destination);
    }

    [Fact]
    public void Request_is_repeated_with_back_off_then_the_packet_is_dropped()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectArp(ArpOperation.Request);
        foreach (int seconds in (int[])[1, 2, 4])
        {
            _net.Advance(Duration.FromMilliseconds((seconds * 1000) - 1));
            _net.ExpectNothing();
            _net.Advance(Duration.FromMilliseconds(1));
            _net.ExpectArp(ArpOperation.Request);
        }

        _net.Advance(Duration.FromSeconds(8));
        _net.ExpectDropped(DropCause.NeighbourUnreachable);

        // For a while the neighbour is not asked for again, however much is sent to it.
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectDropped(DropCause.NeighbourUnreachable, 2);
        _net.Advance(Duration.FromSeconds(5));
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectArp(ArpOperation.Request);
    }

    [Fact]
    public void Neighbour_in_use_is_confirmed_and_one_out_of_use_forgotten()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectUdp();
        _net.Advance(Duration.FromSeconds(30));
        byte[] probe = _net.Device.Sent.Peek();
        _net.ExpectArp(ArpOperation.Request);
        Assert.True(EthernetHeader.TryRead(probe, out EthernetHeader header));
        Assert.Equal(Frames.PeerLink, header.Destination);
        _net.Receive(Frames.Arp(ArpOperation.Reply, Frames.PeerLink, Frames.Peer, Frames.OurLink, Frames.Us, to: Frames.OurLink));

        _net.Advance(Duration.FromSeconds(31));
        _net.ExpectNothing();
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectArp(ArpOperation.Request);
    }

    [Fact]
    public void Neighbour_that_does_not_confirm_is_forgotten()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectUdp();
        _net.Advance(Duration.FromSeconds(34));
        for (int i = 0; i < 3; i++)
            _net.ExpectArp(ArpOperation.Request);
        _net.ExpectNothing();
        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(Frames.Peer, _net.ExpectArp(ArpOperation.Request).TargetProtocol);
    }

    [Fact]
    public void News_about_a_known_neighbour_is_taken_but_not_within_a_second()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        byte[] gratuitous = Frames.Arp(ArpOperation.Reply, s_thief, Frames.Peer, MacAddress.Broadcast, Frames.Peer);
        _net.Receive(gratuitous);
        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _net.ExpectIpv4().Ethernet.Destination);
        _net.Advance(Duration.FromSeconds(1));
        _net.Receive(gratuitous);
        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(s_thief, _net.ExpectIpv4().Ethernet.Destination);
    }

    [Fact]
    public void News_about_an_unknown_neighbour_is_not_kept()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Frames.Arp(ArpOperation.Reply, s_thief, Frames.Peer, MacAddress.Broadcast, Frames.Peer));
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectArp(ArpOperation.Request);
    }

    [Fact]
    public void Flood_of_requests_does_not_PUSH_out_who_is_spoken_to()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectUdp();
        for (uint i = 0; i < 500; i++)
        {
            _net.Receive(Frames.Arp(ArpOperation.Request, new MacAddress(0x0200_0001_0000UL + i), IpAddress.FromIpv4(0x0a00_0003 + (i % 250)), default, Frames.Us));
            _net.ExpectArp(ArpOperation.Reply);
        }

        endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _net.ExpectIpv4().Ethernet.Destination);
    }

    [Fact]
    public void Packets_that_wait_are_bounded()
    {
        // Two cells for each of 512 buffers: three quarters of them for one neighbour, a cell for a short frame.
        UdpEndpoint endpoint = _net.Bind(7);
        for (int i = 0; i < 1000; i++)
            endpoint.Send("x"u8, Frames.Peer, 9);
        Assert.Equal(1000 - 768, _net.Interface.Drops[DropCause.NeighbourFull]);
        for (uint i = 0; i < 200; i++)
        {
            endpoint.Send(new byte[100], IpAddress.FromIpv4(0x0a00_0010 + i), 9);
            endpoint.Send(new byte[100], IpAddress.FromIpv4(0x0a00_0010 + i), 9);
        }

        Assert.Equal(1000 - 768 + 400 - 128, _net.Interface.Drops[DropCause.NeighbourFull]);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
        _net.Device.Sent.Clear();
        _net.Advance(Duration.FromSeconds(60));
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Conflict_is_defended_once_in_ten_seconds()
    {
        byte[] claim = Frames.Arp(ArpOperation.Request, s_thief, Frames.Us, default, Frames.Us);
        _net.Receive(claim, claim, claim);
        Assert.Equal(Frames.Us, _net.ExpectArp(ArpOperation.Request).SenderProtocol);
        _net.ExpectDropped(DropCause.Looping, 3);
        _net.Advance(Duration.FromSeconds(10));
        _net.Receive(claim);
        _net.ExpectArp(ArpOperation.Request);
    }

    [Fact]
    public void Nothing_is_queued_while_the_link_is_down()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("x"u8, Frames.Peer, 9);
        _net.Device.Sent.Clear();
        _net.Device.LinkUp = false;
        _net.Poll();
        _net.Device.Room = 0;
        _net.Receive(
            Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us),
            Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "data"u8)),
            Frames.Udp(4000, 7777, "x"u8));

        Assert.Equal(4, _net.Interface.Drops[DropCause.LinkDown] + _net.Interface.Drops[DropCause.NeighbourUnreachable]);
        _net.ExpectAllBuffersBack();
        _net.BeQuiet();
        Assert.True(_net.Earliest - _net.Now > Duration.FromSeconds(1), "a dead card is looked at for nothing");
        Assert.True(_net.Interface.Arm());
    }

    [Fact]
    public void Nonsense_is_dropped()
    {
        _net.Receive(
            Frames.Arp(ArpOperation.Request, MacAddress.Broadcast, Frames.Peer, default, Frames.Us),
            Frames.Arp(ArpOperation.Request, default, Frames.Peer, default, Frames.Us),
            Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us)[..40]);
        _net.ExpectDropped(DropCause.Malformed, 3);
    }
}
