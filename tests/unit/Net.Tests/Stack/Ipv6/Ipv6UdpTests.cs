using System;
using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>UDP over IPv6 (RFC 8200, 8.1), and which endpoint hears which version of IP.</summary>
public sealed class Ipv6UdpTests
{
    private readonly byte[] _buffer = new byte[2000];

    [Theory]
    [InlineData(NetworkOffloads.None)]
    [InlineData(NetworkOffloads.TransmitChecksum)]
    [InlineData(NetworkOffloads.TransmitChecksum | NetworkOffloads.TransmitChecksumIpv6)]
    public void A_datagram_comes_back(NetworkOffloads offloads)
    {
        bool isSummed = (offloads & NetworkOffloads.TransmitChecksumIpv6) == 0;
        Ipv6Dialogue link = new(offloads: offloads);
        link.IntroducePeer();
        UdpEndpoint endpoint = link.Bind(7);
        foreach (int length in (int[])[0, 1, 2, 63, 64, 1452])
        {
            byte[] payload = [.. Enumerable.Range(0, length).Select(at => (byte)at)];
            link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, link.Us, 4000, 7, payload));
            Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
            Assert.Equal((Ipv6Frames.Peer, (ushort)4000), (receipt.Source, receipt.SourcePort));
            Assert.Equal(SendStatus.Sent, endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
            SeenDatagram answer = Ipv6Frames.ReadUdp(link.ExpectFrame(), isSummed);
            Assert.Equal(payload, answer.Payload);
            Assert.Equal((link.Us, (ushort)7, (ushort)4000), (answer.Source, answer.SourcePort, answer.DestinationPort));
            Assert.Equal(isSummed ? 0 : 54, link.Net.Device.LastChecksum.Start);
        }

        link.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_datagram_without_a_sum_is_refused()
    {
        Ipv6Dialogue link = new();
        UdpEndpoint endpoint = link.Bind(7);
        byte[] frame = Ipv6Frames.UdpPacket(Ipv6Frames.Peer, link.Us, 4000, 7, "x"u8);
        frame[14 + 40 + 6] = frame[14 + 40 + 7] = 0;
        link.Net.Receive(frame);
        Assert.False(endpoint.TryReceive(_buffer, out _));
        link.ExpectDropped(DropCause.BadChecksum);
    }

    [Theory]
    [InlineData("::", false, false, true)]
    [InlineData("::", true, true, true)]
    [InlineData("0.0.0.0", false, true, false)]
    [InlineData("10.0.0.2", false, true, false)]
    public void An_endpoint_hears_what_it_was_bound_for(string address, bool isDual, bool hearsIpv4, bool hearsIpv6)
    {
        Ipv6Dialogue link = new();
        link.IntroducePeer();
        UdpEndpoint endpoint = link.Bind(7, address, isDual);
        link.Net.Receive(Frames.Udp(4000, 7, "four"u8));
        Assert.Equal(hearsIpv4, endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.True(!hearsIpv4 || receipt.Source == Frames.Peer);
        link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, link.Us, 4000, 7, "six"u8));
        Assert.Equal(hearsIpv6, endpoint.TryReceive(_buffer, out _));
    }

    [Theory]
    [InlineData("0.0.0.0", false, "::", false, true)]
    [InlineData("0.0.0.0", false, "::", true, false)]
    [InlineData("::", true, "0.0.0.0", false, false)]
    [InlineData("::", true, "10.0.0.2", false, false)]
    [InlineData("::", false, "::", false, false)]
    [InlineData("::", false, "10.0.0.2", false, true)]
    public void Versions_have_ports_of_their_own_unless_one_endpoint_hears_both(string first, bool firstIsDual, string second, bool secondIsDual, bool both)
    {
        Ipv6Dialogue link = new();
        link.Bind(7, first, firstIsDual);
        UdpEndpoint other = link.Net.Stack.CreateUdpEndpoint();
        other.IsDual = secondIsDual;
        Assert.Equal(both ? BindStatus.Bound : BindStatus.InUse, other.Bind(Frames.Ip(second), 7));
    }

    [Fact]
    public void An_endpoint_that_was_closed_begins_as_one_of_IPv4()
    {
        Ipv6Dialogue link = new();
        link.Bind(7, isDual: true).Close();
        UdpEndpoint again = link.Net.Stack.CreateUdpEndpoint();
        Assert.False(again.IsDual);
        Assert.Equal(BindStatus.Bound, again.Bind(IpAddress.AnyIpv4, 7));
    }

    [Fact]
    public void One_of_two_addresses_is_spoken_from()
    {
        Ipv6Dialogue link = new();
        link.AdvertisePrefix("2001:db8::");
        link.AdvertisePrefix("2001:db8:1::");
        InterfaceAddress[] own = [.. Enumerable.Range(0, AddressTable.Capacity).Select(at => link.Net.Interface.Ipv6!.Addresses[at])
            .Where(address => address.IsUsable && !address.Address.IsLinkLocal)];
        Assert.Equal(2, own.Length);
        IpAddress far = Frames.Ip("2001:db8:ffff::9");
        UdpEndpoint[] endpoints = [.. own.Select((address, at) => link.Bind((ushort)(7 + at), address.Address.ToString()))];
        for (int i = 0; i < 10; i++)
        {
            endpoints[i % 2].Send("from here"u8, far, 9);
            Assert.Equal(own[i % 2].Address, link.Expect().Source);
        }
    }

    [Fact]
    public void A_conversation_is_found_by_its_addresses()
    {
        Ipv6Dialogue link = new();
        link.IntroducePeer();
        UdpEndpoint everyone = link.Bind(7, isDual: true);
        UdpEndpoint one = link.Net.Stack.CreateUdpEndpoint();
        one.Bind(link.Us, 9);
        one.Connect(Ipv6Frames.Peer, 4000);
        link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, link.Us, 4000, 9, "mine"u8));
        link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, link.Us, 4001, 9, "nobody's"u8));
        Assert.True(one.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(4, receipt.Length);
        Assert.False(one.TryReceive(_buffer, out _));
        Assert.False(everyone.TryReceive(_buffer, out _));
    }

    [Fact]
    public void A_group_is_heard_and_spoken_to()
    {
        Ipv6Dialogue link = new();
        UdpEndpoint endpoint = link.Bind(7);
        link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 4000, 7, "all"u8));
        Assert.True(endpoint.TryReceive(_buffer, out _));
        endpoint.Send("all of you"u8, Ipv6Frames.AllNodes, 9);
        SeenIpv6Packet packet = link.Expect();
        Assert.Equal((Ipv6Frames.GroupLink(Ipv6Frames.AllNodes), (byte)1, link.Us), (packet.LinkDestination, packet.HopLimit, packet.Source));
        link.Net.Receive(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Frames.Ip("ff02::1234"), 4000, 7, "not joined"u8));
        Assert.Equal(1, link.Net.Interface.Drops[DropCause.NotForUs]);
    }
}
