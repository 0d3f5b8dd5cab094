using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Routers and what they advertise (RFC 4861, 6; RFC 4191; RFC 8106), honest ones and others.</summary>
public sealed class RouterDiscoveryTests
{
    private static readonly IpAddress s_far = Frames.Ip("2001:db8:ffff::9");
    private static readonly IpAddress s_otherRouter = Frames.Ip("fe80::2");
    private static readonly MacAddress s_otherLink = new(0x0200_0000_0088);
    private readonly Ipv6Dialogue _link = new();

    private Dialogue Net => _link.Net;

    [Fact]
    public void Routers_are_asked_for_ever_less_often()
    {
        Ipv6Dialogue link = new(settled: false);
        link.Net.Advance(Duration.FromSeconds(3600));
        List<SeenIpv6Packet> asked = link.Sent(Ipv6Frames.RouterSolicitation);
        Assert.InRange(asked.Count, 8, 12);
        Assert.Equal((Frames.Ip("ff02::2"), (byte)255), (asked[^1].Destination, asked[^1].HopLimit));
        Assert.Equal(Ipv6Frames.LinkOption(1, Frames.OurLink), asked[^1].Payload[8..]);
        Assert.Equal(link.Us, asked[^1].Source);
    }

    [Fact]
    public void Nobody_is_asked_once_there_is_a_router()
    {
        _link.AdvertisePrefix("2001:db8::");
        _link.Sent();
        Net.Advance(Duration.FromSeconds(1000));
        Assert.Empty(_link.Sent(Ipv6Frames.RouterSolicitation));
        Net.Advance(Duration.FromSeconds(1000)); // its lifetime has ended
        Assert.NotEmpty(_link.Sent(Ipv6Frames.RouterSolicitation));
    }

    [Fact]
    public void What_is_far_goes_to_the_router_and_what_is_near_does_not()
    {
        UdpEndpoint endpoint = _link.Bind(7);
        Assert.Equal(SendStatus.Dropped, endpoint.Send("no way"u8, s_far, 9));
        _link.AdvertisePrefix("2001:db8::");
        Assert.False(_link.Global.IsUnspecified);
        Assert.True(Net.Interface.Ipv6!.Routers.HasRouter);
        Assert.Equal(SendStatus.Sent, endpoint.Send("far"u8, s_far, 9));
        SeenIpv6Packet packet = _link.Expect();
        Assert.Equal((Frames.PeerLink, _link.Global), (packet.LinkDestination, packet.Source));
        endpoint.Send("near"u8, Frames.Ip("2001:db8::77"), 9);
        Assert.Equal(Frames.Ip("2001:db8::77"), _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation).Target);
    }

    [Fact]
    public void The_more_preferred_router_is_used_and_the_other_if_it_is_silent()
    {
        UdpEndpoint endpoint = _link.Bind(7);
        _link.AdvertisePrefix("2001:db8::");
        Net.Receive(Ipv6Frames.RouterAdvertisement([], source: s_otherRouter, flags: 0x08, from: s_otherLink)); // high
        endpoint.Send("far"u8, s_far, 9);
        Assert.Equal(s_otherLink, _link.Expect().LinkDestination);
        for (int i = 0; i < 12; i++)
        {
            // The other router answers, this one does not.
            Net.Advance(Duration.FromSeconds(1));
            endpoint.Send("far"u8, s_far, 9);
            foreach (SeenIpv6Packet question in _link.Sent(Ipv6Frames.NeighbourSolicitation).Where(question => question.Target == s_router))
                Net.Receive(Ipv6Frames.Advertisement(s_router, Frames.PeerLink, question.Source, 0xe0));
        }

        _link.Sent();
        endpoint.Send("far"u8, s_far, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
    }

    [Fact]
    public void A_router_that_stops_is_none_any_more()
    {
        UdpEndpoint endpoint = _link.Bind(7);
        _link.AdvertisePrefix("2001:db8::");
        Net.Receive(Ipv6Frames.RouterAdvertisement([], lifetime: 0));
        Assert.Equal(SendStatus.Dropped, endpoint.Send("far"u8, s_far, 9));
    }

    [Theory]
    [InlineData("hops")]
    [InlineData("no link-local source")]
    [InlineData("short")]
    [InlineData("option of no length")]
    public void What_no_honest_router_sends_is_dropped(string how)
    {
        byte[] prefix = Ipv6Frames.PrefixOption("2001:db8::", 86_400, 14_400);
        Net.Receive(how switch
        {
            "hops" => Ipv6Frames.RouterAdvertisement(prefix, hops: 64),
            "no link-local source" => Ipv6Frames.RouterAdvertisement(prefix, source: Frames.Ip("2001:db8::1")),
            "short" => Ipv6Frames.IcmpPacket(s_router, Ipv6Frames.AllNodes, 134, new byte[11]),
            _ => Ipv6Frames.RouterAdvertisement([.. prefix, 99, 0, 0, 0, 0, 0, 0, 0]),
        });
        _link.ExpectDropped(DropCause.Malformed);
        _link.Settle();
        Assert.True(_link.Global.IsUnspecified);
    }

    [Theory]
    [InlineData(1400u, 1400)]
    [InlineData(1279u, 1500)]
    [InlineData(0u, 1500)]
    [InlineData(9000u, 1500)]
    [InlineData(0xffff_ffffu, 1500)]
    public void The_MTU_has_a_floor_and_a_ceiling(uint said, int used)
    {
        UdpEndpoint endpoint = _link.Bind(7);
        _link.AdvertisePrefix("2001:db8::");
        Net.Receive(Ipv6Frames.RouterAdvertisement([5, 1, 0, 0, (byte)(said >> 24), (byte)(said >> 16), (byte)(said >> 8), (byte)said]));
        endpoint.Send(new byte[used - 48], s_far, 9);
        Assert.Equal(used, _link.ExpectFrame().Length - 14);
        endpoint.Send(new byte[used - 47], s_far, 9);
        Assert.Equal(2, Net.Device.Sent.Count);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 64)]
    [InlineData(32, 32)]
    [InlineData(255, 255)]
    public void The_hop_limit_has_a_floor(byte said, byte used)
    {
        UdpEndpoint endpoint = _link.Bind(7);
        _link.AdvertisePrefix("2001:db8::");
        Net.Receive(Ipv6Frames.RouterAdvertisement([], hopLimit: said));
        Net.Receive(Ipv6Frames.RouterAdvertisement([], source: s_otherRouter, from: s_otherLink, hopLimit: said)); // a change, so that ways are made anew
        endpoint.Send("far"u8, s_far, 9);
        Assert.Equal(used, _link.Expect().HopLimit);
    }

    [Fact]
    public void Name_servers_are_noted_for_as_long_as_they_are_good()
    {
        byte[] option = [25, 5, 0, 0, 0, 0, 0, 100, .. Ipv6Frames.Bytes(Frames.Ip("2001:db8::53")), .. Ipv6Frames.Bytes(Frames.Ip("2001:db8::54"))];
        Net.Receive(Ipv6Frames.RouterAdvertisement(option));
        RouterDiscovery routers = Net.Interface.Ipv6!.Routers;
        Assert.Equal(2, routers.NameServers.Count);
        Assert.Equal(Frames.Ip("2001:db8::53"), routers.NameServers.First);
        Net.Advance(Duration.FromSeconds(101));
        Assert.Equal(0, routers.NameServers.Count);
    }

    [Fact]
    public void Routers_by_the_thousand_do_not_PUSH_out_the_first()
    {
        UdpEndpoint endpoint = _link.Bind(7);
        _link.AdvertisePrefix("2001:db8::");
        for (uint i = 0; i < 5000; i++)
            Net.Receive(Ipv6Frames.RouterAdvertisement([], source: new IpAddress(0xfe80_0000_0000_0000, 0x10_0000 + i), from: new MacAddress(0x0200_0200_0000UL + i)));
        endpoint.Send("far"u8, s_far, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
        Net.ExpectAllBuffersBack();
    }

    private static IpAddress s_router => Ipv6Frames.Peer;
}
