using System;
using System.Buffers.Binary;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Echoes and errors (RFC 4443).</summary>
public sealed class Icmpv6Tests
{
    private readonly Ipv6Dialogue _link = new();

    private Dialogue Net => _link.Net;

    [Theory]
    [InlineData(0)]
    [InlineData(56)]
    [InlineData(1448)]
    public void An_echo_comes_back_in_its_own_buffer(int length)
    {
        _link.IntroducePeer();
        byte[] body = [0x12, 0x34, 0, 1, .. Bytes(length)];
        Net.Receive(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, _link.Us, Ipv6Frames.EchoRequest, body, hops: 64));
        SeenIpv6Packet reply = _link.ExpectIcmp(Ipv6Frames.EchoReply);
        Assert.Equal((_link.Us, Ipv6Frames.Peer, Frames.PeerLink), (reply.Source, reply.Destination, reply.LinkDestination));
        Assert.Equal(body, reply.Payload[4..]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void An_echo_to_everyone_comes_back_from_our_own_address()
    {
        _link.IntroducePeer();
        byte[] body = [0x12, 0x34, 0, 1, .. Bytes(33)];
        Net.Receive(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.EchoRequest, body));
        SeenIpv6Packet reply = _link.ExpectIcmp(Ipv6Frames.EchoReply);
        Assert.Equal((_link.Us, Ipv6Frames.Peer), (reply.Source, reply.Destination));
        Assert.Equal(body, reply.Payload[4..]);
    }

    [Fact]
    public void Who_floods_everyone_with_echoes_gets_few_answers()
    {
        _link.IntroducePeer();
        for (int i = 0; i < 1000; i++)
            Net.Receive(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.EchoRequest, Bytes(8)));
        Assert.InRange(_link.Sent(Ipv6Frames.EchoReply).Count, 1, 10);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void The_address_that_was_spoken_to_answers()
    {
        _link.AdvertisePrefix("2001:db8::");
        _link.IntroducePeer();
        Net.Receive(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, _link.Global, Ipv6Frames.EchoRequest, Bytes(8)));
        Assert.Equal(_link.Global, _link.ExpectIcmp(Ipv6Frames.EchoReply).Source);
        Net.Receive(Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, _link.Us, Ipv6Frames.EchoRequest, Bytes(8)));
        Assert.Equal(_link.Us, _link.ExpectIcmp(Ipv6Frames.EchoReply).Source);
    }

    [Fact]
    public void A_wrong_sum_is_not_answered()
    {
        byte[] frame = Ipv6Frames.IcmpPacket(Ipv6Frames.Peer, _link.Us, Ipv6Frames.EchoRequest, Bytes(8));
        frame[^1] ^= 1;
        Net.Receive(frame);
        _link.ExpectDropped(DropCause.BadChecksum);
    }

    [Fact]
    public void A_sum_of_another_address_is_not_answered()
    {
        // The pseudo-header is summed too: a router that mangled the address is found out.
        byte[] message = Ipv6Frames.Message(Ipv6Frames.Peer, _link.Us, Ipv6Frames.EchoRequest, 0, Bytes(8));
        Net.Receive(Ipv6Frames.Packet(Frames.Ip("fe80::2"), _link.Us, Ipv6Frames.Icmp, message));
        _link.ExpectDropped(DropCause.BadChecksum);
    }

    [Fact]
    public void A_port_where_nobody_listens_is_told_of()
    {
        _link.IntroducePeer();
        byte[] packet = Ipv6Frames.UdpPacket(Ipv6Frames.Peer, _link.Us, 4000, 5, Bytes(100));
        Net.Receive(packet);
        SeenIpv6Packet error = _link.ExpectIcmp(1);
        Assert.Equal(4, error.Payload[1]);
        Assert.Equal(packet[14..], error.Payload[8..]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void An_error_is_at_most_1280_bytes_long()
    {
        _link.IntroducePeer();
        Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, _link.Us, 4000, 5, Bytes(1400)));
        Assert.Equal(1280 - 40, _link.ExpectIcmp(1).Payload.Length);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("redirect")]
    [InlineData("group")]
    [InlineData("nobody")]
    public void No_error_is_sent_about(string what)
    {
        _link.IntroducePeer();
        IpAddress us = _link.Us;
        // Each in a header of destination options that cannot be skipped, or to a port where nobody listens.
        byte[] error = Ipv6Frames.Message(Ipv6Frames.Peer, us, 1, 4, Bytes(60));
        byte[] redirect = Ipv6Frames.Message(Ipv6Frames.Peer, us, 137, 0, Bytes(60));
        Net.Receive(what switch
        {
            "error" => FirstFragment(us, error),
            "redirect" => FirstFragment(us, redirect),
            "group" => Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 4000, 5, Bytes(8)),
            _ => Ipv6Frames.UdpPacket(default, us, 4000, 5, Bytes(8)),
        });
        Net.Advance(Duration.FromSeconds(31));
        Assert.DoesNotContain(_link.Sent(), packet => packet.IcmpType is 1 or 3 or 4);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Errors_are_few_whoever_asks_for_them()
    {
        _link.IntroducePeer();
        for (int i = 0; i < 1000; i++)
            Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, _link.Us, 4000, 5, Bytes(8)));
        Assert.InRange(_link.Sent(1).Count, 1, 10);
        Assert.True(Net.Interface.Drops[DropCause.RateLimited] > 900);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_header_that_nobody_knows_is_told_of()
    {
        _link.IntroducePeer();
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, 200, Bytes(20)));
        SeenIpv6Packet error = _link.ExpectIcmp(4);
        Assert.Equal((1, 6u), (error.Payload[1], BinaryPrimitives.ReadUInt32BigEndian(error.Payload.AsSpan(4))));
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:10.0.0.1")]
    public void Who_is_no_host_is_not_answered(string source)
    {
        Net.Receive(Ipv6Frames.IcmpPacket(Frames.Ip(source), _link.Us, Ipv6Frames.EchoRequest, Bytes(8)));
        _link.ExpectDropped(DropCause.BadSource);
    }

    [Fact]
    public void Our_own_address_from_outside_is_a_loop()
    {
        Net.Receive(Ipv6Frames.IcmpPacket(_link.Us, _link.Us, Ipv6Frames.EchoRequest, Bytes(8)));
        _link.ExpectDropped(DropCause.Looping);
    }

    [Fact]
    public void Listeners_are_asked_for_and_answer()
    {
        byte[] query = [0, 100, 0, 0, .. new byte[16], 2, 125, 0, 0];
        byte[] message = Ipv6Frames.Message(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 130, 0, query);
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.HopByHop, [Ipv6Frames.Icmp, 0, 5, 2, 0, 0, 1, 0, .. message], hops: 1));
        Net.Advance(Duration.FromMilliseconds(100));
        SeenIpv6Packet report = Assert.Single(_link.Sent(Ipv6Frames.ListenerReport));
        Assert.Equal(2, report.Payload[8]); // MODE_IS_EXCLUDE
        Assert.Equal(_link.Us, report.Source);
        Assert.Equal(Ipv6Frames.Bytes(Ipv6Frames.SolicitedNode(_link.Us)), report.Payload[12..28]);
    }

    private static byte[] FirstFragment(IpAddress to, byte[] message) =>
        Ipv6Frames.Packet(Ipv6Frames.Peer, to, Ipv6Frames.Fragment, [.. Ipv6Frames.FragmentHeader(Ipv6Frames.Icmp, 0, true, 7), .. message]);

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)(at * 7))];
}
