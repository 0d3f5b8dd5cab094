using System;
using System.Linq;
using System.Text;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Networks as clouds describe them: RFC 2132, 3442, 3396, 3397.</summary>
public sealed class DhcpOptionTests
{
    private static readonly (byte, byte[]) s_mask24 = (1, [255, 255, 255, 0]);
    private static readonly (byte, byte[]) s_router = (3, [10, 0, 0, 254]);

    private readonly Dialogue _net = new(configuration: InterfaceConfiguration.FromDhcp);

    [Fact]
    public void The_options_that_are_used_are_asked_for_and_classless_routes_before_the_router()
    {
        _net.Poll();
        byte[] wanted = DhcpServer.Read(_net.ExpectFrame()).Options[55];
        Assert.Empty(new byte[] { 1, 3, 6, 15, 26, 42, 51, 58, 59, 119, 121 }.Except(wanted));
        Assert.True(Array.IndexOf(wanted, (byte)121) < Array.IndexOf(wanted, (byte)3));
    }

    [Fact]
    public void The_default_route_may_come_as_a_classless_one_alone()
    {
        Lease(s_mask24, (121, [0, 10, 0, 0, 254]));
        Assert.Equal(Frames.Ip("10.0.0.254"), _net.Interface.Gateway);
        Assert.Equal("10.0.0.254", NextHopOf("198.51.100.1"));
    }

    [Fact]
    public void Classless_routes_take_precedence_over_the_router()
    {
        Lease(s_mask24, s_router, (121, [16, 198, 51, 10, 0, 0, 9, 24, 198, 51, 100, 10, 0, 0, 10, 0, 10, 0, 0, 253]));
        Assert.Equal("10.0.0.253", NextHopOf("203.0.113.1"));
        Assert.Equal("10.0.0.9", NextHopOf("198.51.99.1"));
        Assert.Equal("10.0.0.10", NextHopOf("198.51.100.1"));
    }

    [Fact]
    public void Without_a_default_among_the_classless_routes_there_is_none()
    {
        Lease(s_mask24, s_router, (121, [16, 198, 51, 10, 0, 0, 9]));
        Assert.Equal("10.0.0.9", NextHopOf("198.51.99.1"));
        Assert.Equal(default, _net.Interface.Gateway);
        UdpEndpoint endpoint = _net.Bind(7);
        Assert.Equal(SendStatus.Dropped, endpoint.Send("x"u8, Frames.Ip("203.0.113.1"), 9));
        Assert.Equal(1, _net.Stack.Drops[DropCause.NoRoute]);
    }

    [Fact]
    public void A_route_by_no_router_is_to_the_link_itself()
    {
        Lease(s_mask24, (121, [24, 198, 51, 100, 0, 0, 0, 0, 0, 10, 0, 0, 254]));
        Assert.Equal("198.51.100.7", NextHopOf("198.51.100.7"));
    }

    [Fact]
    public void A_route_in_the_interfaces_own_network_is_more_specific()
    {
        Lease(s_mask24, (121, [25, 10, 0, 0, 128, 10, 0, 0, 9]));
        Assert.Equal("10.0.0.9", NextHopOf("10.0.0.200"));
        Assert.Equal("10.0.0.100", NextHopOf("10.0.0.100"));
    }

    [Fact]
    public void A_classless_route_may_come_in_parts()
    {
        Lease(s_mask24, (121, [16, 198, 51, 10]), s_router, (121, [0, 0, 9, 0, 10, 0, 0, 253]));
        Assert.Equal("10.0.0.9", NextHopOf("198.51.99.1"));
        Assert.Equal("10.0.0.253", NextHopOf("203.0.113.1"));
    }

    /// <summary>RFC 3396: whatever comes in parts is one option, addresses and numbers too.</summary>
    [Fact]
    public void Every_option_may_come_in_parts()
    {
        Lease(
            (1, [255]), (3, []), (51, [0]), (3, [10, 0]), (26, [0x02]), (1, [255, 255, 0]), (51, [0, 0, 20]), (6, [192, 0, 2]), (3, [0, 254]),
            (26, [0x58]), (6, [53]));
        Assert.Equal(new IpPrefix(DhcpServer.Leased, 24), _net.Interface.Address);
        Assert.Equal(Frames.Ip("10.0.0.254"), _net.Interface.Gateway);
        Assert.Equal(Frames.Ip("192.0.2.53"), _net.Interface.NameServer);
        Assert.Equal(600, _net.Interface.Mtu);
        Instant leased = _net.Now;
        _net.BeQuiet();
        Assert.Equal(10, (_net.Earliest - leased).Seconds);
    }

    [Theory]
    [InlineData(60, 0)]   // 540 bytes
    [InlineData(61, 0)]   // and two more: as many as there is room for
    [InlineData(62, 1)]
    [InlineData(100, 1)]
    public void ManyRoutesAreTakenAsFarAsThereIsRoomAndTheDefaultRouteAlways(int count, int leftOut)
    {
        byte[] routes =
            [.. Enumerable.Range(1, count).SelectMany(i => (byte[])[32, 198, 51, 100, (byte)i, 10, 0, 0, 9]), 8, 99, 10, 0, 0, 10, 0, 10, 0, 0, 253];
        Lease([s_mask24, .. routes.Chunk(255).Select(part => ((byte)121, part))]);

        Assert.Equal(Math.Min(count + 3, RouteTable.Capacity), _net.Interface.Settings.Routes.Count);
        Assert.Equal("10.0.0.9", NextHopOf("198.51.100.60"));
        Assert.Equal("10.0.0.253", NextHopOf("203.0.113.1"));
        Assert.Equal(leftOut, _net.Interface.DhcpTroubles![DhcpTrouble.RoutesLeftOut]);
    }

    [Theory]
    [InlineData(new byte[] { 33, 10, 0, 0, 0, 0, 10, 0, 0, 9 })]
    [InlineData(new byte[] { 0, 10, 0, 0 })]
    [InlineData(new byte[] { 0, 224, 0, 0, 1 })]
    public void Routes_that_make_no_sense_leave_the_router(byte[] routes)
    {
        Lease(s_mask24, s_router, (121, routes));
        Assert.Equal(Frames.Ip("10.0.0.254"), _net.Interface.Gateway);
        Assert.Equal(1, _net.Interface.DhcpTroubles![DhcpTrouble.RoutesLeftOut]);
    }

    [Theory]
    [InlineData("10.0.0.254")]
    [InlineData("172.31.1.1")]
    public void A_router_outside_the_network_is_found_by_ARP(string router)
    {
        byte[] address = [.. DhcpServer.Bytes(Frames.Ip(router).Ipv4)];
        Lease((1, [255, 255, 255, 255]), (3, address));
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("x"u8, Frames.Ip("203.0.113.1"), 9);
        Assert.Equal(Frames.Ip(router), _net.ExpectArp(ArpOperation.Request).TargetProtocol);

        _net.Receive(Frames.Arp(ArpOperation.Reply, Frames.PeerLink, Frames.Ip(router), Frames.OurLink, DhcpServer.Leased));
        Assert.Equal(Frames.Ip("203.0.113.1"), _net.ExpectUdp().Destination);
        endpoint.Send("y"u8, Frames.Ip("203.0.113.2"), 9);
        Assert.Equal(Frames.Ip("203.0.113.2"), _net.ExpectUdp().Destination);
    }

    [Fact]
    public void A_stranger_outside_the_network_is_not_learnt()
    {
        Lease((1, [255, 255, 255, 255]), (3, [172, 31, 1, 1]));
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Ip("172.31.1.1"), default, DhcpServer.Leased));
        _net.ExpectArp(ArpOperation.Reply);
        _net.Bind(7).Send("x"u8, Frames.Ip("203.0.113.1"), 9);
        Assert.Equal(Frames.Ip("172.31.1.1"), _net.ExpectArp(ArpOperation.Request).TargetProtocol);
    }

    [Fact]
    public void An_MTU_that_a_server_lowered_is_restored_without_its_lease()
    {
        Lease(s_mask24, (26, [0x02, 0x58]), (51, DhcpServer.Bytes(20)));
        Assert.Equal(600, _net.Interface.Mtu);
        while (_net.Interface.HasAddress)
            _net.Advance(_net.Earliest - _net.Now);
        Assert.Equal(1500, _net.Interface.Mtu);
    }

    [Fact]
    public void An_MTU_is_restored_by_a_server_that_no_longer_lowers_it()
    {
        Lease(s_mask24, (26, [0x02, 0x58]), (51, DhcpServer.Bytes(20)));
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, DhcpServer.Address, default, DhcpServer.Leased));
        _net.Device.Sent.Clear();
        _net.Advance(Duration.FromSeconds(10));
        _net.Receive(DhcpServer.Answer(DhcpServer.Read(_net.ExpectFrame()), DhcpMessageType.Ack, options: [s_mask24, (51, DhcpServer.Bytes(20))]));
        Assert.Equal(1500, _net.Interface.Mtu);
    }

    [Fact]
    public void Servers_and_domains_are_kept()
    {
        // "example.com", "sub.example.com" by a pointer (RFC 3397), in two parts.
        byte[] search = [7, .. "example"u8, 3, .. "com"u8, 0, 3, .. "sub"u8, 0xc0, 0];
        Lease(
            s_mask24, (6, [192, 0, 2, 53, 0, 0, 0, 0, 192, 0, 2, 54]), (42, [192, 0, 2, 123]), (15, [.. "example.org"u8, 0]),
            (119, search[..9]), (119, search[9..]));
        NetworkSettings settings = _net.Interface.Settings;
        Assert.Equal((2, "192.0.2.53", "192.0.2.54"), (settings.NameServers.Count, settings.NameServers[0].ToString(), settings.NameServers[1].ToString()));
        Assert.Equal("192.0.2.123", settings.TimeServers.First.ToString());
        Assert.Equal("example.org", Encoding.ASCII.GetString(settings.Domain));
        Assert.Equal("example.com sub.example.com", Encoding.ASCII.GetString(settings.SearchDomains));
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 0 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xc0, 0 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xc0 })]
    [InlineData(new byte[] { 9, (byte)'a', 0 })]
    [InlineData(new byte[] { 1, 27, 0 })]
    [InlineData(new byte[] { 0 })]
    public void A_search_list_with_loops_or_lies_is_none(byte[] list)
    {
        Assert.False(DhcpDomains.TryReadSearchList(list, new byte[255], out _));
    }

    private void Lease(params (byte, byte[])[] options)
    {
        _net.Poll();
        _net.Receive(DhcpServer.Answer(DhcpServer.Read(_net.ExpectFrame()), DhcpMessageType.Offer, options: options));
        _net.Receive(DhcpServer.Answer(DhcpServer.Read(_net.ExpectFrame()), DhcpMessageType.Ack, options: options));
        _net.ExpectArp(ArpOperation.Request);
        Assert.True(_net.Interface.HasAddress);
    }

    /// <summary>Whose link address is asked for when something is sent to an address.</summary>
    private string NextHopOf(string address)
    {
        UdpEndpoint endpoint = _net.Stack.CreateUdpEndpoint();
        endpoint.Send("x"u8, Frames.Ip(address), 9);
        return _net.ExpectArp(ArpOperation.Request).TargetProtocol.ToString();
    }
}
