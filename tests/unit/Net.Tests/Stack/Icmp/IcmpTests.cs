using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

public sealed class IcmpTests
{
    private readonly Dialogue _net = new();

    public IcmpTests() => _net.IntroducePeer();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(1472)]
    public void Echo_is_answered_with_its_own_data(int size)
    {
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 0x1234_0007, data)));
        SeenPacket reply = _net.ExpectIpv4();
        Assert.Equal((Frames.Us, Frames.Peer), (reply.Source, reply.Destination));
        Assert.Equal(Frames.IcmpPayload(IcmpType.EchoReply, 0, 0x1234_0007, data), reply.Payload);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Echo_of_a_request_with_options_has_none()
    {
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "data"u8), options: new byte[12]));
        SeenPacket reply = _net.ExpectIpv4();
        Assert.Equal(20, reply.Ip.HeaderLength);
        Assert.Equal(Frames.IcmpPayload(IcmpType.EchoReply, 0, 1, "data"u8), reply.Payload);
    }

    [Fact]
    public void Echo_copies_nothing()
    {
        long before = _net.Device.Counters[Guest.Core.Diagnostics.PathEvent.CopiedBytes];
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, new byte[1000])));
        _net.ExpectIpv4();
        Assert.Equal(before, _net.Device.Counters[Guest.Core.Diagnostics.PathEvent.CopiedBytes]);
    }

    [Fact]
    public void Echo_with_a_wrong_checksum_is_dropped()
    {
        byte[] frame = Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "data"u8));
        frame[^1]++;
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.BadChecksum);
    }

    [Fact]
    public void Echo_to_a_broadcast_address_is_not_answered()
    {
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, []), destination: Frames.Ip("10.0.0.255"), to: MacAddress.Broadcast));
        _net.ExpectDropped(DropCause.NotForUs);
    }

    [Fact]
    public void Port_without_a_listener_is_said_to_be_unreachable()
    {
        byte[] cause = Frames.Udp(4000, 7777, "hello"u8);
        _net.Receive(cause);
        SeenPacket error = _net.ExpectIpv4();
        Assert.Equal(((byte)3, (byte)3), (error.Payload[0], error.Payload[1]));
        Assert.Equal(0xffff, Frames.Sum(error.Payload));
        Assert.Equal(cause[14..], error.Payload[8..]);
        _net.ExpectDropped(DropCause.NoListener);
    }

    [Fact]
    public void Error_quotes_no_more_than_576_bytes_hold()
    {
        _net.Receive(Frames.Udp(4000, 7777, new byte[1400]));
        Assert.Equal(576, (int)_net.ExpectIpv4().Ip.TotalLength.Value);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(27, 0)]
    [InlineData(28, 0)]
    [InlineData(0, 10)]
    [InlineData(66, 60)]
    [InlineData(66, 43)]
    [InlineData(4000, 90)]
    public void Error_is_sent_wherever_the_frame_lies(int offset, int pieceSize)
    {
        (_net.Device.Offset, _net.Device.PieceSize) = (offset, pieceSize);
        byte[] payload = new byte[300];
        new Random(offset).NextBytes(payload);
        byte[] cause = Frames.Udp(4000, 7777, payload, options: new byte[40]);
        _net.Receive(cause, Frames.Ipv4((IpProtocol)200, payload));
        SeenPacket error = _net.ExpectIpv4();
        Assert.Equal(((byte)3, (byte)3), (error.Payload[0], error.Payload[1]));
        Assert.Equal(0xffff, Frames.Sum(error.Payload));
        Assert.Equal(cause[14..], error.Payload[8..]);
        error = _net.ExpectIpv4();
        Assert.Equal(((byte)3, (byte)2), (error.Payload[0], error.Payload[1]));
        _net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 9)]
    [InlineData(3000, 77)]
    public void Echo_is_answered_wherever_the_frame_lies(int offset, int pieceSize)
    {
        (_net.Device.Offset, _net.Device.PieceSize) = (offset, pieceSize);
        byte[] data = new byte[1000];
        new Random(1).NextBytes(data);
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 7, data)));
        Assert.Equal(Frames.IcmpPayload(IcmpType.EchoReply, 0, 7, data), _net.ExpectIpv4().Payload);
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        _net.ExpectArp(ArpOperation.Reply);
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Echo_that_is_longer_than_a_packet_may_be_now_is_answered_in_fragments()
    {
        NetworkSettings settings = new();
        settings.Begin(new IpPrefix(Frames.Us, 24));
        settings.Mtu = 600;
        _net.Interface.Configure(settings);
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 7, new byte[1400])));
        int length = 0;
        while (_net.Device.Sent.Count != 0)
            length += _net.ExpectIpv4().Payload.Length;
        Assert.Equal(1408, length);
    }

    [Fact]
    public void Errors_are_rate_limited()
    {
        for (int i = 0; i < 50; i++)
            _net.Receive(Frames.Udp(4000, 7777, "x"u8));
        Assert.Equal(10, _net.Device.Sent.Count);
        Assert.Equal(40, _net.Interface.Drops[DropCause.RateLimited]);
        _net.Device.Sent.Clear();
        _net.Advance(Duration.FromMilliseconds(300));
        for (int i = 0; i < 50; i++)
            _net.Receive(Frames.Udp(4000, 7777, "x"u8));
        Assert.Equal(3, _net.Device.Sent.Count);
    }

    [Fact]
    public void No_error_about_a_broadcast()
    {
        _net.Receive(Frames.Udp(4000, 7777, "x"u8, destination: IpAddress.BroadcastIpv4, to: MacAddress.Broadcast));
        _net.ExpectDropped(DropCause.NoListener);
    }

    [Fact]
    public void No_error_about_an_error()
    {
        byte[] error = Frames.IcmpPayload(IcmpType.DestinationUnreachable, 3, 0, Frames.Udp(7, 4000, "x"u8, Frames.Us, Frames.Peer).AsSpan(14));
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, error));
        _net.ExpectNothing();
        Assert.Equal(1, _net.Interface.IcmpReceived(IcmpType.DestinationUnreachable));
        _net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload((IcmpType)200, 0, 0, [])));
        _net.ExpectDropped(DropCause.UnknownProtocol);
    }
}
