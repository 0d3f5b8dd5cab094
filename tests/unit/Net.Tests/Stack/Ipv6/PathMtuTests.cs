using System;
using System.Buffers.Binary;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Path MTU discovery (RFC 8201), and lies about it.</summary>
public sealed class PathMtuTests
{
    private static readonly IpAddress s_far = Frames.Ip("2001:db8:ffff::9");
    private static readonly IpAddress s_router = Ipv6Frames.Peer;
    private readonly Ipv6Dialogue _link = new();
    private readonly UdpEndpoint _endpoint;

    public PathMtuTests()
    {
        _link.AdvertisePrefix("2001:db8::");
        _endpoint = _link.Bind(7);
    }

    private Dialogue Net => _link.Net;

    [Fact]
    public void A_router_that_says_so_is_believed()
    {
        byte[] sent = Send(1400);
        Tell(1300, sent);
        Assert.Equal(0, Net.Interface.Drops.Total);
        Assert.Equal([1280 + 8 + 8, 1400 + 16 - 1248 + 40], Lengths(1400)); // 1300 less two headers are 1252, cut to eights
    }

    [Fact]
    public void After_ten_minutes_longer_ones_are_tried()
    {
        Tell(1300, Send(1400));
        Assert.Equal(2, Lengths(1400).Length);
        Net.Advance(Duration.FromSeconds(601));
        _link.Sent();
        Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption("2001:db8::", 86_400, 14_400)));
        Assert.Single(Lengths(1400));
    }

    [Theory]
    [InlineData("too little")]
    [InlineData("more than the link")]
    [InlineData("of another's packet")]
    [InlineData("of a port that is not ours")]
    [InlineData("of a packet that was not too long")]
    [InlineData("of a protocol that we do not send")]
    [InlineData("cut")]
    public void A_lie_is_not_believed(string lie)
    {
        byte[] sent = Send(1400);
        byte[] packet = sent[14..];
        uint mtu = 1300;
        switch (lie)
        {
            case "too little":
                mtu = 1279;
                break;
            case "more than the link":
                mtu = 1500;
                break;
            case "of another's packet":
                packet[23] ^= 1;
                break;
            case "of a port that is not ours":
                packet[41] = 8;
                break;
            case "of a packet that was not too long":
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 1200);
                break;
            case "of a protocol that we do not send":
                packet[6] = 132;
                break;
            default:
                packet = packet[..39];
                break;
        }

        Tell(mtu, [.. new byte[14], .. packet]);
        Assert.Equal(1, Net.Interface.Drops.Total);
        Assert.Single(Lengths(1400));
    }

    [Fact]
    public void Never_below_1280_whatever_is_said()
    {
        byte[] sent = Send(1400);
        for (uint mtu = 0; mtu < 1500; mtu++)
        {
            Tell(mtu, sent);
            if (mtu % 10 == 0)
                Net.Advance(Duration.FromSeconds(1));
        }

        // The router was not spoken to for minutes.
        Lengths(1400);
        Net.Receive(Ipv6Frames.Advertisement(s_router, Frames.PeerLink, _link.Us, 0x60));
        Assert.Equal(1280, Lengths(1400).Max());
    }

    [Fact]
    public void More_lies_than_there_is_room_for_take_no_more()
    {
        for (uint i = 0; i < 1000; i++)
        {
            IpAddress other = new(0x2001_0db8_ffff_0000, i + 1);
            _endpoint.Send(new byte[1400], other, 9);
            byte[] packet = Ipv6Frames.UdpPacket(_link.Global, other, 7, 9, new byte[1400]);
            Net.Receive(Ipv6Frames.IcmpPacket(s_router, _link.Global, 2, [0, 0, 5, 0x14, .. packet[14..1246]], hops: 64));
            Net.Advance(Duration.FromMilliseconds(10));
        }

        _link.Sent();
        Net.ExpectAllBuffersBack();
    }

    private byte[] Send(int length)
    {
        _endpoint.Send(new byte[length], s_far, 9);
        return Net.Device.Sent.Dequeue();
    }

    // The lengths of the packets that a datagram is sent in.
    private int[] Lengths(int length)
    {
        _link.Sent();
        _endpoint.Send(new byte[length], s_far, 9);
        return [.. Net.Device.Sent.Select(frame => frame.Length - 14)];
    }

    private void Tell(uint mtu, byte[] sent)
    {
        byte[] word = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(word, mtu);
        ReadOnlySpan<byte> quote = sent.AsSpan(14, Math.Min(sent.Length - 14, 1232));
        Net.Receive(Ipv6Frames.IcmpPacket(s_router, _link.Global, 2, [.. word, .. quote], hops: 64));
    }
}
