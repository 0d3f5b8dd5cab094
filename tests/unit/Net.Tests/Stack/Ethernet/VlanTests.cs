using System;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>IEEE 802.1Q: frames with a tag.</summary>
public sealed class VlanTests
{
    private readonly Dialogue _net = new();

    [Theory]
    [InlineData(0)]
    [InlineData(0xa000)]
    [InlineData(0xf000)]
    public void A_frame_with_a_priority_alone_is_for_us(ushort tag)
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Tagged(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us), tag));
        _net.ExpectArp(ArpOperation.Reply);
        _net.Receive(Tagged(Frames.Udp(4000, 7, "hello"u8), tag));
        byte[] payload = new byte[10];
        Assert.True(endpoint.TryReceive(payload, out UdpReceipt receipt));
        Assert.Equal("hello"u8.ToArray(), payload[..receipt.Length]);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void A_tag_is_no_part_of_the_MTU()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Tagged(Frames.Udp(4000, 7, new byte[1500 - 28]), 0));
        Assert.Equal(1500 - 28, endpoint.NextLength);
        _net.Receive(Tagged(Frames.Udp(4000, 7, new byte[1501 - 28]), 0));
        Assert.Equal(1, _net.Interface.Drops[DropCause.Oversized]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0xa123)]
    [InlineData(0x0fff)]
    public void Another_VLAN_is_not_ours(ushort tag)
    {
        _net.Bind(7);
        _net.Receive(Tagged(Frames.Udp(4000, 7, "hello"u8), tag));
        _net.ExpectDropped(DropCause.NotForUs);
    }

    [Fact]
    public void A_tag_without_content_is_truncated()
    {
        byte[] frame = Tagged(Frames.Udp(4000, 7, "hello"u8), 0);
        for (int length = EthernetHeader.Size; length < EthernetHeader.Size + 4; length++)
            _net.Receive(frame[..length]);
        _net.ExpectDropped(DropCause.Truncated, times: 4);
    }

    [Fact]
    public void One_tag_in_another_is_not_spoken()
    {
        _net.Receive(Tagged(Tagged(Frames.Udp(4000, 7, "hello"u8), 0), 0));
        _net.ExpectDropped(DropCause.UnknownEtherType);
    }

    private static byte[] Tagged(byte[] frame, ushort tag) => [.. frame[..12], 0x81, 0, (byte)(tag >> 8), (byte)tag, .. frame[12..]];
}
