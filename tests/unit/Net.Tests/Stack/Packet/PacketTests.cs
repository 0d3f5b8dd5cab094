using System;
using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Whole frames to raw sockets, and from them (docs/decisions/0070).</summary>
public sealed class PacketTests
{
    private const ushort Experimental = 0x88b5;

    private readonly Dialogue _net = new();
    private readonly byte[] _buffer = new byte[10_000];

    [Fact]
    public void A_type_that_the_stack_does_not_speak_goes_to_the_socket_without_a_copy()
    {
        PacketEndpoint endpoint = Open(Experimental);
        byte[] frame = Unspoken(46);

        _net.Receive(frame);

        Assert.Equal(frame.Length, endpoint.NextLength);
        Assert.Equal(frame, Take(endpoint));
        Assert.Equal(0, _net.Interface.Drops.Total);
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Of_what_the_stack_speaks_the_socket_gets_a_copy()
    {
        UdpEndpoint udp = _net.Bind(7);
        PacketEndpoint all = Open(PacketEndpoint.AllTypes);
        PacketEndpoint ipv4 = Open((ushort)EtherType.Ipv4);
        PacketEndpoint arp = Open((ushort)EtherType.Arp);
        byte[] frame = Frames.Udp(4000, 7, "hello"u8);

        _net.Receive(frame);

        Assert.Equal(frame, Take(all));
        Assert.Equal(frame, Take(ipv4));
        Assert.Equal(0, arp.Pending);
        Assert.True(udp.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal("hello"u8.ToArray(), _buffer[..receipt.Length]);
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void What_an_exclusive_socket_takes_the_stack_does_not_see()
    {
        UdpEndpoint udp = _net.Bind(7);
        PacketEndpoint all = Open(PacketEndpoint.AllTypes);
        PacketEndpoint mine = Open((ushort)EtherType.Arp);
        mine.IsExclusive = true;

        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        _net.Receive(Frames.Udp(4000, 7, "hello"u8));

        _net.ExpectNothing();
        Assert.Equal((2, 1, 1), (all.Pending, mine.Pending, udp.Pending));
        mine.Close();
        _net.IntroducePeer();
    }

    [Fact]
    public void Without_a_taker_the_stack_does_as_ever()
    {
        PacketEndpoint endpoint = Open(Experimental);
        _net.IntroducePeer();
        _net.Receive(Unspoken(46, type: 0x88b6));
        Assert.Equal(1, _net.Interface.Drops[DropCause.UnknownEtherType]);
        _net.Receive(Frames.Udp(4000, 7, new byte[1501]));
        Assert.Equal(1, _net.Interface.Drops[DropCause.Oversized]);
        _net.Receive([new byte[13]]);
        Assert.Equal(1, _net.Interface.Drops[DropCause.Truncated]);
        endpoint.Close();
        _net.Receive(Unspoken(46));
        _net.ExpectDropped(DropCause.UnknownEtherType, times: 2);
    }

    [Fact]
    public void A_tagged_frame_is_shown_once_with_its_tag()
    {
        UdpEndpoint udp = _net.Bind(7);
        PacketEndpoint all = Open(PacketEndpoint.AllTypes);
        byte[] plain = Frames.Udp(4000, 7, "hello"u8);
        byte[] tagged = [.. plain[..12], 0x81, 0, 0, 0, .. plain[12..]];

        _net.Receive(tagged);

        Assert.Equal(tagged, Take(all));
        Assert.Equal(0, all.Pending);
        Assert.Equal(1, udp.Pending);
    }

    [Fact]
    public void The_sender_is_told_as_Linux_tells_it()
    {
        PacketEndpoint endpoint = Open(PacketEndpoint.AllTypes);
        foreach ((ulong to, byte kind) in new[] { (Frames.OurLink.Bits, (byte)0), (0xffff_ffff_ffffUL, (byte)1), (0x0180_c200_0000UL, (byte)2), (0x0200_0000_0099UL, (byte)3) })
        {
            _net.Receive(Unspoken(46, new MacAddress(to)));
            Assert.True(endpoint.TryReceive(_buffer, out _, out LinkAddress sender));
            byte[] address = new byte[LinkAddress.Size];
            System.Runtime.InteropServices.MemoryMarshal.Write(address, in sender);
            Assert.Equal([17, 0, 0x88, 0xb5, (byte)_net.Interface.Index, 0, 0, 0, 1, 0, kind, 6, 2, 0, 0, 0, 0, 1, 0, 0], address);
        }
    }

    /// <summary>What a sender on the same host left to its device: the sum of the pseudo-header alone.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 77)]
    [InlineData(true, 77)]
    public void An_unfinished_checksum_is_completed_for_the_socket_alone(bool isIpv6, int pieceSize)
    {
        byte[] whole = isIpv6
            ? Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Frames.Ip("fe80::2"), 4000, 7, Enumerable.Range(0, 301).Select(i => (byte)i).ToArray())
            : Frames.Udp(4000, 7, Enumerable.Range(0, 301).Select(i => (byte)i).ToArray());
        int field = isIpv6 ? 14 + 40 + 6 : 14 + 20 + 6;
        byte[] unfinished = [.. whole];
        unfinished[field] ^= 0x55;
        PacketEndpoint endpoint = Open(PacketEndpoint.AllTypes);
        _net.Device.PieceSize = pieceSize;
        _net.Device.Vouches = true;

        _net.Receive(unfinished, whole);

        Assert.Equal(whole, Take(endpoint));
        Assert.Equal(whole, Take(endpoint));
    }

    [Fact]
    public void A_checksum_that_nobody_vouches_for_stays_as_it_came()
    {
        byte[] wrong = Frames.Udp(4000, 7, "hello"u8);
        wrong[40] ^= 1;
        PacketEndpoint endpoint = Open(PacketEndpoint.AllTypes);

        _net.Receive(wrong);

        Assert.Equal(wrong, Take(endpoint));
        Assert.Equal(1, _net.Interface.Drops[DropCause.BadChecksum]);
    }

    [Fact]
    public void The_queue_is_bounded_and_what_it_does_not_hold_is_counted()
    {
        PacketEndpoint endpoint = Open(Experimental);
        for (int i = 0; i < 1000; i++)
            _net.Receive(Unspoken(46));

        Assert.InRange(endpoint.Pending, 16, 256);
        Assert.Equal(1000 - endpoint.Pending, _net.Interface.Drops[DropCause.RawQueueFull]);
        Assert.True(_net.Pool.Available > _net.Pool.Count / 8);
        endpoint.Close();
        _net.ExpectAllBuffersBack();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public void A_frame_leaves_as_it_was_written(int pieceSize)
    {
        PacketEndpoint endpoint = Open(Experimental);
        _net.Device.PieceSize = pieceSize;
        foreach (int length in new[] { 14, 15, 60, 1000, 1514 })
        {
            byte[] frame = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            Assert.Equal(SendStatus.Sent, endpoint.Send(frame, _net.Interface.Index));
            Assert.Equal(frame, _net.ExpectFrame());
            Assert.Equal((0, 0), (_net.Device.LastChecksum.Start, 0));
        }

        _net.Receive(Unspoken(1500));
        Assert.Equal(1514, Take(endpoint).Length);
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void What_cannot_be_sent_is_said_and_counted()
    {
        PacketEndpoint endpoint = Open(Experimental);
        byte[] tagged = new byte[1519];
        tagged[12] = 0x81;
        int index = _net.Interface.Index;
        Assert.Equal(SendStatus.TooLong, endpoint.Send(new byte[1515], index));
        Assert.Equal(SendStatus.TooLong, endpoint.Send(tagged, index));
        Assert.Equal(SendStatus.Sent, endpoint.Send(tagged.AsSpan(0, 1518), index));
        Assert.Equal(SendStatus.Dropped, endpoint.Send(new byte[60], index + 1));
        Assert.Equal(1, _net.Stack.Drops[DropCause.NoRoute]);
        _net.Device.LinkUp = false;
        _net.Advance(Guest.Core.Time.Duration.FromMilliseconds(100));
        Assert.Equal(SendStatus.Dropped, endpoint.Send(new byte[60], index));
        Assert.Equal(1, _net.Interface.Drops[DropCause.LinkDown]);
    }

    [Fact]
    public void An_interface_is_known_by_a_number_that_no_other_gets()
    {
        PacketEndpoint endpoint = Open(Experimental, _net.Interface.Index);
        PacketPool pool = new(128);
        FakeDevice other = new(pool) { Name = "fake1", Address = new MacAddress(0x0200_0000_0003) };
        NetworkInterface second = _net.Stack.AddInterface(other, pool, InterfaceConfiguration.FromDhcp, _net.Now);
        Assert.NotEqual(_net.Interface.Index, second.Index);
        other.Inject(Unspoken(46, other.Address));
        second.Poll(_net.Now);
        Assert.Equal(0, endpoint.Pending);
        Assert.Equal(1, second.Drops[DropCause.UnknownEtherType]);

        PacketEndpoint both = Open(Experimental);
        other.Inject(Unspoken(46, other.Address));
        second.Poll(_net.Now);
        _net.Receive(Unspoken(46));
        Assert.Equal((1, 2), (endpoint.Pending, both.Pending));
        Assert.False(_net.Stack.CreatePacketEndpoint().TryBind(Experimental, 99));
    }

    [Fact]
    public void Frames_allocate_nothing_however_many()
    {
        PacketEndpoint endpoint = Open(Experimental);
        byte[] frame = Unspoken(46);
        _net.Device.Discards = true;
        for (int i = 0; i < 10; i++)
            Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Turn();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Turn()
        {
            _net.Device.Inject(frame);
            _net.Poll();
            Assert.True(endpoint.TryReceive(_buffer, out int length, out LinkAddress sender));
            endpoint.Send(_buffer.AsSpan(0, length), sender.InterfaceIndex);
        }
    }

    private PacketEndpoint Open(ushort etherType, int interfaceIndex = 0)
    {
        PacketEndpoint endpoint = _net.Stack.CreatePacketEndpoint();
        Assert.True(endpoint.TryBind(etherType, interfaceIndex));
        return endpoint;
    }

    private byte[] Take(PacketEndpoint endpoint)
    {
        Assert.True(endpoint.TryReceive(_buffer, out int length, out _));
        return _buffer[..length];
    }

    private static byte[] Unspoken(int length, MacAddress? to = null, ushort type = Experimental) =>
        Frames.Ethernet(to ?? Frames.OurLink, Frames.PeerLink, (EtherType)type, Enumerable.Range(0, length).Select(i => (byte)i).ToArray());
}
