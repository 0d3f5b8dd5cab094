using System;
using FsCheck.Xunit;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Wire;

/// <summary>Each header against bytes written down by hand from its specification.</summary>
public sealed class HeaderTests
{
    [Fact]
    public void Ethernet()
    {
        byte[] bytes = [0x02, 0, 0, 0, 0, 0x0a, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x06];
        Assert.True(EthernetHeader.TryRead(bytes, out EthernetHeader header));
        Assert.Equal(new MacAddress(0x0200_0000_000a), header.Destination);
        Assert.Equal(new MacAddress(0x5254_0012_3456), header.Source);
        Assert.Equal(EtherType.Arp, header.Type);
        Assert.Equal(EthernetHeader.ToRaw(header.Destination), header.RawDestination);
        AssertWrites(bytes, span => new EthernetHeader(new(0x0200_0000_000a), new(0x5254_0012_3456), EtherType.Arp).Write(span));
    }

    [Property]
    public void Raw_link_address_is_reversible(ulong bits)
    {
        MacAddress address = new(bits >> 16);
        Assert.Equal(address, EthernetHeader.FromRaw(EthernetHeader.ToRaw(address)));
        Assert.Equal(address.IsMulticast, (EthernetHeader.ToRaw(address) & 1) != 0);
    }

    [Fact]
    public void Arp()
    {
        byte[] bytes = [0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 2];
        Assert.True(ArpPacket.TryRead(bytes, out ArpPacket packet));
        Assert.Equal(ArpOperation.Reply, packet.Operation);
        Assert.Equal((Frames.PeerLink, Frames.Peer), (packet.SenderHardware, packet.SenderProtocol));
        Assert.Equal((Frames.OurLink, Frames.Us), (packet.TargetHardware, packet.TargetProtocol));
        AssertWrites(bytes, span => new ArpPacket(ArpOperation.Reply, Frames.PeerLink, Frames.Peer, Frames.OurLink, Frames.Us).Write(span));
        for (int i = 0; i < 6; i++)
        {
            byte[] other = [.. bytes];
            other[i]++;
            Assert.False(ArpPacket.TryRead(other, out _));
        }
    }

    [Fact]
    public void Ipv4()
    {
        // The example that RFC 791 did not give; the checksum was computed by hand.
        byte[] bytes = [0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7];
        Assert.True(Ipv4Header.TryRead(bytes, out Ipv4Header header));
        Assert.Equal((4, 20, 0x73, 64), (header.Version, header.HeaderLength, (int)header.TotalLength.Value, (int)header.TimeToLive));
        Assert.Equal(Ipv4Header.DontFragment, header.FlagsAndOffset.Value);
        Assert.False(header.IsFragment);
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal("192.168.0.1", IpAddress.From(header.Source).ToString());
        Assert.Equal("192.168.0.199", IpAddress.From(header.Destination).ToString());
        AssertWrites(bytes, span => new Ipv4Header(0x73, 0, Ipv4Header.DontFragment, 64, IpProtocol.Udp, Frames.Ip("192.168.0.1"), Frames.Ip("192.168.0.199")).Write(span));
    }

    [Fact]
    public void IPv4_fragment_fields()
    {
        Ipv4Header header = new(100, 7, Ipv4Header.MoreFragments | 185, 64, IpProtocol.Udp, Frames.Peer, Frames.Us);
        Assert.True(header.IsFragment);
        Assert.True(header.HasMoreFragments);
        Assert.Equal(1480, header.FragmentOffset);
    }

    [Fact]
    public void Udp()
    {
        byte[] bytes = [0x0f, 0xa0, 0, 7, 0, 13, 0, 0];
        Assert.True(UdpHeader.TryRead(bytes, out UdpHeader header));
        Assert.Equal((4000, 7, 13), (header.SourcePort.Value, header.DestinationPort.Value, header.Length.Value));
        AssertWrites(bytes, span => new UdpHeader(4000, 7, 13).Write(span));
    }

    [Fact]
    public void Icmp()
    {
        byte[] bytes = [3, 3, 0, 0, 0, 0, 5, 0xdc];
        Assert.True(IcmpHeader.TryRead(bytes, out IcmpHeader header));
        Assert.Equal((IcmpType.DestinationUnreachable, (byte)3, 1500u), (header.Type, header.Code, header.Rest.Value));
        AssertWrites(bytes, span => new IcmpHeader(IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Port, 1500).Write(span));
    }

    [Fact]
    public void What_is_too_short_for_a_header_is_refused()
    {
        Assert.False(EthernetHeader.TryRead(new byte[13], out _));
        Assert.False(ArpPacket.TryRead(new byte[27], out _));
        Assert.False(Ipv4Header.TryRead(new byte[19], out _));
        Assert.False(UdpHeader.TryRead(new byte[7], out _));
        Assert.False(IcmpHeader.TryRead(new byte[7], out _));
        byte[] optionsMissing = new byte[20];
        optionsMissing[0] = 0x46;
        Assert.False(Ipv4Header.TryRead(optionsMissing, out _));
        optionsMissing[0] = 0x44;
        Assert.False(Ipv4Header.TryRead(optionsMissing, out _));
    }

    private static void AssertWrites(byte[] expected, Action<byte[]> write)
    {
        byte[] written = new byte[expected.Length];
        write(written);
        Assert.Equal(expected, written);
    }
}
