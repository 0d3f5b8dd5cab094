using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Headers that extend IPv6's (RFC 8200, 4), honest ones and bombs.</summary>
public sealed class ExtensionHeaderTests
{
    private readonly Ipv6Dialogue _link = new();
    private readonly UdpEndpoint _endpoint;
    private readonly byte[] _buffer = new byte[2000];

    public ExtensionHeaderTests()
    {
        _endpoint = _link.Bind(7);
        _link.IntroducePeer();
    }

    private Dialogue Net => _link.Net;

    [Fact]
    public void Options_are_skipped()
    {
        Receive([(Ipv6Frames.HopByHop, Options(5, 2, 0, 0)), (Ipv6Frames.DestinationOptions, Options(1, 4, 0, 0, 0, 0)), (Ipv6Frames.Routing, Route(left: 0))]);
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal("carried"u8, _buffer.AsSpan(0, receipt.Length));
        Net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(0x1e, "taken")]
    [InlineData(0x5e, "dropped")]
    [InlineData(0x9e, "told")]
    [InlineData(0xde, "told")]
    public void An_option_that_nobody_knows_says_what_to_do(byte option, string what)
    {
        Receive([(Ipv6Frames.DestinationOptions, Options(1, 0, option, 2, 0, 0))]);
        Assert.Equal(what == "taken", _endpoint.TryReceive(_buffer, out _));
        if (what == "told")
            ExpectProblem(code: 2, at: 40 + 4);
        _link.ExpectNothing();
    }

    [Theory]
    [InlineData(0x9e, true)]
    [InlineData(0xde, false)]
    public void Of_a_group_only_the_one_kind_is_told_of(byte option, bool told)
    {
        byte[] datagram = Ipv6Frames.UdpDatagram(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 4000, 7, "x"u8);
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.DestinationOptions, [Ipv6Frames.Udp, 0, option, 4, 0, 0, 0, 0, .. datagram]));
        Assert.Equal(told, _link.Sent(4).Count == 1);
    }

    [Fact]
    public void A_route_that_goes_on_is_refused()
    {
        Receive([(Ipv6Frames.Routing, Route(left: 1))]);
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        ExpectProblem(code: 0, at: 40 + 2);
    }

    [Fact]
    public void Hop_by_hop_options_stand_first_only()
    {
        Receive([(Ipv6Frames.DestinationOptions, Options()), (Ipv6Frames.HopByHop, Options())]);
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        ExpectProblem(code: 1, at: 40);
    }

    [Fact]
    public void Nothing_is_nothing()
    {
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.None, new byte[30]));
        _link.ExpectNothing();
        Net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(9)]
    [InlineData(150)]
    public void A_long_chain_is_dropped(int count)
    {
        List<(byte, byte[])> headers = [];
        for (int i = 0; i < count; i++)
            headers.Add((Ipv6Frames.DestinationOptions, Options()));
        Receive([.. headers]);
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        _link.ExpectDropped(DropCause.Malformed);
    }

    [Fact]
    public void Many_options_in_one_header_are_dropped()
    {
        byte[] many = new byte[254];
        for (int i = 0; i < many.Length; i += 2)
            many[i] = 0x1e;
        Receive([(Ipv6Frames.DestinationOptions, Options(many))]);
        _link.ExpectDropped(DropCause.Malformed);
    }

    [Fact]
    public void A_header_past_the_end_is_dropped()
    {
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.DestinationOptions, [Ipv6Frames.Udp, 200, 0, 0, 0, 0, 0, 0]));
        _link.ExpectDropped(DropCause.Truncated);
    }

    [Fact]
    public void An_option_past_its_header_is_dropped()
    {
        Receive([(Ipv6Frames.DestinationOptions, [0, 0, 1, 200, 0, 0, 0, 0])]);
        _link.ExpectDropped(DropCause.Malformed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void Headers_in_several_buffers_are_read(int pieceSize)
    {
        Net.Device.PieceSize = pieceSize;
        Receive([(Ipv6Frames.HopByHop, Options(5, 2, 0, 0)), (Ipv6Frames.DestinationOptions, Options([1, 60, .. new byte[60]]))]);
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal("carried"u8, _buffer.AsSpan(0, receipt.Length));
        Net.ExpectAllBuffersBack();
    }

    private void Receive((byte Type, byte[] Header)[] headers)
    {
        byte[] packet = Ipv6Frames.UdpDatagram(Ipv6Frames.Peer, _link.Us, 4000, 7, "carried"u8);
        byte next = Ipv6Frames.Udp;
        for (int i = headers.Length - 1; i >= 0; i--)
        {
            headers[i].Header[0] = next;
            packet = [.. headers[i].Header, .. packet];
            next = headers[i].Type;
        }

        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, next, packet));
    }

    private void ExpectProblem(byte code, uint at)
    {
        SeenIpv6Packet error = _link.ExpectIcmp(4);
        Assert.Equal((code, at), (error.Payload[1], BinaryPrimitives.ReadUInt32BigEndian(error.Payload.AsSpan(4))));
    }

    // A header of options, filled up with single bytes of padding.
    private static byte[] Options(params byte[] options)
    {
        byte[] header = new byte[(2 + options.Length + 7) / 8 * 8];
        header[1] = (byte)((header.Length / 8) - 1);
        options.CopyTo(header, 2);
        return header;
    }

    private static byte[] Route(byte left) => [0, 2, 0, left, .. new byte[20]];
}
