using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 4861, 7, and what spoofed messages do not do.</summary>
public sealed class NeighbourDiscoveryTests
{
    private static readonly MacAddress s_thief = new(0x0200_0000_0066);
    private readonly Ipv6Dialogue _link = new();
    private readonly UdpEndpoint _endpoint;

    public NeighbourDiscoveryTests() => _endpoint = _link.Bind(7);

    private Dialogue Net => _link.Net;

    [Fact]
    public void A_question_is_answered_to_its_sender()
    {
        Net.Receive(Ipv6Frames.Solicitation(_link.Us));
        SeenIpv6Packet answer = _link.ExpectIcmp(Ipv6Frames.NeighbourAdvertisement);
        Assert.Equal((Frames.PeerLink, _link.Us, Ipv6Frames.Peer, (byte)255), (answer.LinkDestination, answer.Source, answer.Destination, answer.HopLimit));
        Assert.Equal([0x60, 0, 0, 0, .. Ipv6Frames.Bytes(_link.Us), .. Ipv6Frames.LinkOption(2, Frames.OurLink)], answer.Payload[4..]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Who_wants_the_address_is_told_that_it_is_taken()
    {
        Net.Receive(Ipv6Frames.Solicitation(_link.Us, default(IpAddress)));
        SeenIpv6Packet answer = _link.ExpectIcmp(Ipv6Frames.NeighbourAdvertisement);
        Assert.Equal((Ipv6Frames.AllNodes, Ipv6Frames.GroupLink(Ipv6Frames.AllNodes)), (answer.Destination, answer.LinkDestination));
        Assert.Equal(0x20, answer.Payload[4]);
    }

    [Fact]
    public void A_question_for_another_is_not_answered()
    {
        // Its last three bytes are ours, so that the group is.
        Net.Receive(Ipv6Frames.Solicitation(new IpAddress(_link.Us.High, _link.Us.Low ^ (1UL << 40))));
        _link.ExpectNothing();
        Net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData("hops")]
    [InlineData("code")]
    [InlineData("short")]
    [InlineData("option of no length")]
    [InlineData("option past the end")]
    [InlineData("group as target")]
    [InlineData("link address of nobody")]
    [InlineData("nobody to one host")]
    public void What_no_honest_host_sends_is_dropped(string how)
    {
        IpAddress us = _link.Us;
        IpAddress group = Ipv6Frames.SolicitedNode(us);
        byte[] target = Ipv6Frames.Bytes(us);
        byte[] option = Ipv6Frames.LinkOption(1, Frames.PeerLink);
        byte[] Ask(ReadOnlySpan<byte> body, byte code = 0, byte hops = 255, IpAddress? source = null, IpAddress? to = null) =>
            Ipv6Frames.IcmpPacket(source ?? Ipv6Frames.Peer, to ?? group, Ipv6Frames.NeighbourSolicitation, body, code, hops);
        Net.Receive(how switch
        {
            "hops" => Ask([0, 0, 0, 0, .. target, .. option], hops: 254),
            "code" => Ask([0, 0, 0, 0, .. target, .. option], code: 1),
            "short" => Ask([0, 0, 0, 0, .. target[..15]]),
            "option of no length" => Ask([0, 0, 0, 0, .. target, 1, 0, 2, 0, 0, 0, 0, 1]),
            "option past the end" => Ask([0, 0, 0, 0, .. target, 1, 2, 2, 0, 0, 0, 0, 1]),
            "group as target" => Ask([0, 0, 0, 0, .. Ipv6Frames.Bytes(group), .. option]),
            "link address of nobody" => Ask([0, 0, 0, 0, .. target, .. option], source: default(IpAddress)),
            _ => Ask([0, 0, 0, 0, .. target], source: default(IpAddress), to: us),
        });
        _link.ExpectDropped(DropCause.Malformed);
    }

    [Fact]
    public void An_unknown_neighbour_is_asked_for_and_the_packets_wait()
    {
        _endpoint.Send("first"u8, Ipv6Frames.Peer, 9);
        _endpoint.Send("second"u8, Ipv6Frames.Peer, 9);
        SeenIpv6Packet question = _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation);
        Assert.Equal((Ipv6Frames.Peer, _link.Us, Ipv6Frames.SolicitedNode(Ipv6Frames.Peer)), (question.Target, question.Source, question.Destination));
        Assert.Equal(Ipv6Frames.LinkOption(1, Frames.OurLink), question.Payload[24..]);
        _link.ExpectNothing();
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, Frames.PeerLink, _link.Us, 0x60));
        Assert.Equal("first"u8, Ipv6Frames.ReadUdp(Net.Device.Sent.Peek()).Payload);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
        Assert.Equal("second"u8, Ipv6Frames.ReadUdp(_link.ExpectFrame()).Payload);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_is_asked_four_times_and_its_packets_are_dropped()
    {
        _endpoint.Send("lost"u8, Ipv6Frames.Peer, 9);
        Net.Advance(Duration.FromSeconds(20));
        Assert.Equal(4, _link.Sent(Ipv6Frames.NeighbourSolicitation).Count);
        Assert.Equal(1, Net.Interface.Drops[DropCause.NeighbourUnreachable]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Nobody_is_known_by_its_own_word_that_was_not_spoken_to()
    {
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief, flags: 0x20));
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief, _link.Us, flags: 0x60));
        _endpoint.Send("where"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Ipv6Frames.Peer, _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation).Target);
    }

    [Theory]
    [InlineData(0x20)] // unsolicited, override
    [InlineData(0x60)] // as if we had asked
    [InlineData(0x00)]
    public void ANeighbourThatAnswersKeepsItsPlace(byte flags)
    {
        _link.IntroducePeer();
        Net.Advance(Duration.FromSeconds(2));
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief, (flags & 0x40) != 0 ? _link.Us : null, flags));
        SeenIpv6Packet question = _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation);
        Assert.Equal((Frames.PeerLink, Ipv6Frames.Peer), (question.LinkDestination, question.Destination));
        for (int i = 0; i < 100; i++)
            Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief, _link.Us, 0x60));
        _link.ExpectNothing();
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, Frames.PeerLink, _link.Us, 0x60));
        _endpoint.Send("still there"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
    }

    [Fact]
    public void A_neighbour_that_moved_is_found_again_within_seconds()
    {
        _link.IntroducePeer();
        Net.Advance(Duration.FromSeconds(2));
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief));
        Net.Advance(Duration.FromSeconds(2));
        _link.Sent();
        _endpoint.Send("anybody"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Ipv6Frames.SolicitedNode(Ipv6Frames.Peer), _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation).Destination);
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, s_thief, _link.Us, 0x60));
        Assert.Equal(s_thief, _link.Expect().LinkDestination);
    }

    [Fact]
    public void A_question_of_another_does_not_take_the_place_either()
    {
        _link.IntroducePeer();
        Net.Advance(Duration.FromSeconds(2));
        Net.Receive(Ipv6Frames.Solicitation(_link.Us, from: s_thief));
        _link.Sent();
        _endpoint.Send("still there"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
    }

    [Fact]
    public void Who_is_known_by_its_own_word_is_asked_once_it_is_in_use()
    {
        _link.IntroducePeer();
        Net.Advance(Duration.FromSeconds(12));
        _link.ExpectNothing();
        _endpoint.Send("used"u8, Ipv6Frames.Peer, 9);
        _link.Expect();
        Net.Advance(Duration.FromMilliseconds(3500));
        SeenIpv6Packet question = _link.ExpectIcmp(Ipv6Frames.NeighbourSolicitation);
        Assert.Equal(Frames.PeerLink, question.LinkDestination);
        Net.Receive(Ipv6Frames.Advertisement(Ipv6Frames.Peer, Frames.PeerLink, _link.Us, 0x40, withLink: false));
        Net.Advance(Duration.FromSeconds(20));
        _link.ExpectNothing();
    }

    [Fact]
    public void A_flood_of_questions_is_bounded_and_pushes_out_nobody_who_is_in_use()
    {
        _link.IntroducePeer();
        _endpoint.Send("before"u8, Ipv6Frames.Peer, 9);
        _link.Expect();
        for (uint i = 0; i < 20_000; i++)
        {
            Net.Receive(Ipv6Frames.Solicitation(_link.Us, new IpAddress(0xfe80_0000_0000_0000, 0x1_0000 + i), new MacAddress(0x0200_0100_0000UL + i)));
            Net.Device.Sent.Clear();
        }

        _endpoint.Send("after"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Packets_to_thousands_who_do_not_exist_are_bounded()
    {
        _link.IntroducePeer();
        _endpoint.Send("before"u8, Ipv6Frames.Peer, 9);
        for (uint i = 0; i < 20_000; i++)
        {
            _endpoint.Send("who"u8, new IpAddress(0xfe80_0000_0000_0000, 0x1_0000 + i), 9);
            Net.Device.Sent.Clear();
        }

        _endpoint.Send("after"u8, Ipv6Frames.Peer, 9);
        Assert.Equal(Frames.PeerLink, _link.Expect().LinkDestination);
        Net.Advance(Duration.FromSeconds(60));
        Net.Device.Sent.Clear();
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void One_who_claims_our_address_is_told_of_and_changes_nothing()
    {
        IpAddress us = _link.Us;
        Net.Receive(Ipv6Frames.Advertisement(us, s_thief));
        Assert.Equal(us, _link.Us);
        _link.ExpectDropped(DropCause.Looping);
    }

    [Fact]
    public void IPv4_addresses_are_asked_for_by_ARP_as_before()
    {
        UdpEndpoint endpoint = Net.Bind(9);
        endpoint.Send("old"u8, Frames.Peer, 9);
        Assert.Equal(Frames.Peer, Net.ExpectArp(ArpOperation.Request).TargetProtocol);
    }
}
