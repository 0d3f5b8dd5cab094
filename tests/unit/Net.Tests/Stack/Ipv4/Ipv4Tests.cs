using System;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>What IPv4 accepts, and under which cause it counts what it does not.</summary>
public sealed class Ipv4Tests
{
    private readonly Dialogue _net = new();
    private readonly UdpEndpoint _endpoint;

    public Ipv4Tests() => _endpoint = _net.Bind(7);

    private static byte[] Good => Frames.Udp(4000, 7, "hello"u8);

    [Fact]
    public void Good_packet_is_accepted()
    {
        _net.Receive(Good);
        Assert.Equal(1, _endpoint.Pending);
        Assert.Equal(0, _net.Interface.Drops.Total);
    }

    [Fact]
    public void Frame_for_another_host_is_dropped()
    {
        _net.Receive(Frames.Udp(4000, 7, "x"u8, to: new MacAddress(0x0200_0000_0077)));
        _net.ExpectDropped(DropCause.NotForUs);
    }

    [Fact]
    public void Packet_for_another_host_is_dropped_not_forwarded()
    {
        _net.Receive(Frames.Udp(4000, 7, "x"u8, destination: Frames.Ip("10.0.0.77")));
        _net.ExpectDropped(DropCause.NotForUs);
    }

    [Fact]
    public void Unicast_packet_in_a_broadcast_frame_is_dropped()
    {
        _net.Receive(Frames.Udp(4000, 7, "x"u8, to: MacAddress.Broadcast));
        _net.ExpectDropped(DropCause.NotForUs);
    }

    [Fact]
    public void Own_address_as_source_is_a_loop()
    {
        _net.Receive(Frames.Udp(4000, 7, "x"u8, source: Frames.Us));
        _net.ExpectDropped(DropCause.Looping);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    public void Source_must_be_one_host(string source)
    {
        _net.Receive(Frames.Udp(4000, 7, "x"u8, source: Frames.Ip(source)));
        _net.ExpectDropped(DropCause.BadSource);
    }

    [Fact]
    public void Every_flipped_bit_of_the_header_is_noticed()
    {
        for (int bit = 0; bit < 160; bit++)
        {
            byte[] frame = Good;
            frame[14 + (bit / 8)] ^= (byte)(1 << (bit % 8));
            _net.Receive(frame);
        }

        Assert.Equal(0, _endpoint.Pending);
        Assert.Equal(160, _net.Interface.Drops.Total);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        byte[] good = Good;
        for (int length = 0; length < good.Length; length++)
            _net.Receive(good[..length]);
        _net.ExpectDropped(DropCause.Truncated, good.Length);
    }

    [Fact]
    public void Frame_beyond_the_MTU_is_oversized()
    {
        byte[] frame = Good;
        Array.Resize(ref frame, 1515);
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.Oversized);
    }

    [Fact]
    public void Options_are_skipped()
    {
        _net.Receive(Frames.Udp(4000, 7, "hello"u8, options: [7, 7, 4, 0, 0, 0, 0, 0]));
        Assert.True(_endpoint.TryReceive(new byte[10], out UdpReceipt receipt));
        Assert.Equal((5, 4000), (receipt.Length, receipt.SourcePort));
    }

    [Theory]
    [InlineData(0x35)]
    [InlineData(0x65)]
    [InlineData(0x44)]
    [InlineData(0x40)]
    public void Wrong_version_or_header_length_is_malformed(byte first)
    {
        byte[] frame = Good;
        frame[14] = first;
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.Malformed);
    }

    [Fact]
    public void Total_length_shorter_than_the_header_is_malformed()
    {
        byte[] frame = Good;
        (frame[16], frame[17]) = (0, 19);
        Frames.SumHeader(frame.AsSpan(14));
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.Malformed);
    }

    [Fact]
    public void Unknown_protocols_are_refused_and_counted()
    {
        _net.Receive(Frames.Ethernet(Frames.OurLink, Frames.PeerLink, EtherType.Ipv6, new byte[40]));
        _net.ExpectDropped(DropCause.UnknownEtherType);
        _net.IntroducePeer();
        _net.Receive(Frames.Ipv4((IpProtocol)99, new byte[20]));
        SeenPacket error = _net.ExpectIpv4();
        Assert.Equal(((byte)IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Protocol), (error.Payload[0], error.Payload[1]));
        _net.ExpectDropped(DropCause.UnknownProtocol);
    }

    [Theory]
    [InlineData(68)]
    [InlineData(576)]
    [InlineData(1280)]
    public void A_short_MTU_is_for_what_is_sent_and_not_for_what_arrives(int mtu)
    {
        Dialogue net = new(mtu: mtu);
        UdpEndpoint endpoint = net.Bind(7);
        net.Receive(Frames.Udp(4000, 7, new byte[1472]));
        Assert.Equal(1472, endpoint.NextLength);
    }
}
