using System;
using System.Text;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

public sealed class UdpTests
{
    private readonly Dialogue _net = new();
    private readonly byte[] _buffer = new byte[70_000];

    [Fact]
    public void Datagram_reaches_the_endpoint_and_its_answer_the_sender()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        _net.Receive(Frames.Udp(4000, 7, "hello"u8));

        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal((5, 5, Frames.Peer, 4000), (receipt.Length, receipt.DatagramLength, receipt.Source, receipt.SourcePort));
        Assert.Equal("hello"u8.ToArray(), _buffer[..5]);

        Assert.Equal(SendStatus.Sent, endpoint.Send("world"u8, receipt.Source, receipt.SourcePort));
        byte[] frame = _net.ExpectFrame();
        Assert.True(EthernetHeader.TryRead(frame, out EthernetHeader ethernet));
        Assert.Equal((Frames.PeerLink, Frames.OurLink), (ethernet.Destination, ethernet.Source));
        SeenDatagram answer = Frames.ReadUdp(frame);
        Assert.Equal((Frames.Us, Frames.Peer, (ushort)7, (ushort)4000), (answer.Source, answer.Destination, answer.SourcePort, answer.DestinationPort));
        Assert.Equal("world", Encoding.ASCII.GetString(answer.Payload));
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void One_copy_in_and_one_out_and_nothing_else_is_copied()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        long before = _net.Device.Counters[PathEvent.CopiedBytes];
        _net.Receive(Frames.Udp(4000, 7, new byte[64]));
        Assert.Equal(before, _net.Device.Counters[PathEvent.CopiedBytes]);
        endpoint.TryReceive(_buffer, out UdpReceipt receipt);
        endpoint.Send(_buffer.AsSpan(0, 64), receipt.Source, receipt.SourcePort);
        Assert.Equal(before + 128, _net.Device.Counters[PathEvent.CopiedBytes]);
    }

    [Fact]
    public void Device_that_offers_it_completes_the_checksum()
    {
        Dialogue net = new(NetworkOffloads.TransmitChecksum);
        UdpEndpoint endpoint = net.Bind(7);
        net.IntroducePeer();
        long before = net.Device.Counters[PathEvent.SummedBytes];
        endpoint.Send("abc"u8, Frames.Peer, 9);
        Assert.Equal(before, net.Device.Counters[PathEvent.SummedBytes]);
        Assert.Equal((34, 6), net.Device.LastChecksum);

        // What the device does: sum from the start to the end, the field's partial sum included, and store the complement.
        byte[] frame = net.ExpectFrame();
        ushort sum = (ushort)~Frames.Sum(frame.AsSpan(34));
        (frame[40], frame[41]) = ((byte)(sum >> 8), (byte)sum);
        Assert.Equal("abc"u8.ToArray(), Frames.ReadUdp(frame).Payload);
    }

    [Fact]
    public void Wrong_checksum_is_dropped()
    {
        _net.Bind(7);
        byte[] frame = Frames.Udp(4000, 7, "hello"u8);
        frame[^1] ^= 1;
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.BadChecksum);
    }

    [Fact]
    public void Zero_checksum_means_none()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        byte[] frame = Frames.Udp(4000, 7, "hello"u8);
        frame[40] = frame[41] = 0;
        _net.Receive(frame);
        Assert.Equal(1, endpoint.Pending);
    }

    [Fact]
    public void Checksum_that_the_device_vouches_for_is_not_computed()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        byte[] frame = Frames.Udp(4000, 7, "hello"u8);
        frame[40] ^= 0x55;
        _net.Device.Vouches = true;
        _net.Receive(frame);
        Assert.Equal(1, endpoint.Pending);
        Assert.Equal(Ipv4Header.Size, _net.Device.Counters[PathEvent.SummedBytes]);
    }

    [Fact]
    public void Sum_of_zero_is_sent_as_all_ones()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        for (int i = 0; i < 65_536; i++)
        {
            endpoint.Send([(byte)(i >> 8), (byte)i], Frames.Peer, 9);
            byte[] frame = _net.ExpectFrame();
            Assert.False(frame[40] == 0 && frame[41] == 0);
            Frames.ReadUdp(frame);
        }
    }

    [Fact]
    public void Padding_behind_the_packet_is_not_payload()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        byte[] frame = Frames.Udp(4000, 7, "x"u8);
        Array.Resize(ref frame, 60);
        _net.Receive(frame);
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(1, receipt.DatagramLength);
    }

    [Fact]
    public void Empty_datagram_is_delivered()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Frames.Udp(4000, 7, []));
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(0, receipt.DatagramLength);
        Assert.False(endpoint.TryReceive(_buffer, out _));
    }

    [Fact]
    public void What_does_not_fit_the_buffer_is_cut_and_said()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Frames.Udp(4000, 7, "0123456789"u8));
        Assert.Equal(10, endpoint.NextLength);
        Assert.True(endpoint.TryReceive(_buffer.AsSpan(0, 4), out UdpReceipt receipt));
        Assert.Equal((4, 10), (receipt.Length, receipt.DatagramLength));
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(65_535)]
    public void Length_that_lies_is_dropped(int length)
    {
        _net.Bind(7);
        byte[] frame = Frames.Udp(4000, 7, "hello"u8);
        (frame[38], frame[39]) = ((byte)(length >> 8), (byte)length);
        _net.Receive(frame);
        _net.ExpectDropped(DropCause.Truncated);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(7)]
    public void Header_that_is_not_there_is_not_read(int length)
    {
        // Nothing is vouched for but what arrived: the buffer ends with its page.
        _net.Bind(7);
        _net.Device.Offset = PacketBuffer.Capacity - 34 - length;
        _net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[length]));
        _net.ExpectDropped(DropCause.Truncated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(33)]
    [InlineData(41)]
    public void Headers_may_lie_in_several_buffers(int pieceSize)
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Device.PieceSize = pieceSize;
        _net.Receive(Frames.Udp(4000, 7, "hello"u8, options: new byte[40]));
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal("hello"u8.ToArray(), _buffer[..receipt.Length]);
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Datagram_shorter_than_its_packet_is_cut_to_its_length()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        byte[] datagram = [.. Frames.UdpPayload(4000, 7, "hello"u8), 1, 2, 3];
        _net.Receive(Frames.Ipv4(IpProtocol.Udp, datagram));
        endpoint.TryReceive(_buffer, out UdpReceipt receipt);
        Assert.Equal(5, receipt.DatagramLength);
    }

    [Fact]
    public void Queue_is_bounded_and_says_so()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        for (int i = 0; i < 200; i++)
            _net.Receive(Frames.Udp(4000, 7, "x"u8));
        Assert.Equal(128, endpoint.Pending);
        Assert.Equal(72, _net.Interface.Drops[DropCause.QueueFull]);
        while (endpoint.TryReceive(_buffer, out _))
        {
        }

        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Closing_releases_what_waits_and_frees_the_port()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Frames.Udp(4000, 7, "x"u8));
        endpoint.Close();
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
        Assert.Same(endpoint, _net.Bind(7));
    }

    [Fact]
    public void Second_endpoint_on_a_port_is_refused()
    {
        _net.Bind(7);
        UdpEndpoint second = _net.Stack.CreateUdpEndpoint();
        Assert.Equal(BindStatus.InUse, second.Bind(IpAddress.AnyIpv4, 7));
        Assert.Equal(BindStatus.InUse, second.Bind(Frames.Us, 7));
        Assert.Equal(BindStatus.AddressNotAvailable, second.Bind(Frames.Peer, 7));
        Assert.Equal(BindStatus.Bound, second.Bind(IpAddress.AnyIpv4, 7 + 64));
    }

    [Fact]
    public void Port_zero_means_a_free_one()
    {
        UdpEndpoint first = _net.Bind(0);
        UdpEndpoint second = _net.Bind(0);
        Assert.InRange(first.LocalPort, 49_152, 65_535);
        Assert.NotEqual(first.LocalPort, second.LocalPort);
    }

    [Fact]
    public void Free_ports_do_not_tell_which_comes_next()
    {
        int neighbours = 0;
        int last = _net.Bind(0).LocalPort;
        for (int i = 0; i < 100; i++)
        {
            UdpEndpoint endpoint = _net.Bind(0);
            int port = endpoint.LocalPort;
            if (Math.Abs(port - last) < 100)
                neighbours++;
            last = port;
        }

        Assert.InRange(neighbours, 0, 10);
    }

    [Fact]
    public void Connected_endpoint_hears_its_peer_alone()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Receive(Frames.Udp(4001, 7, "before"u8));
        endpoint.Connect(Frames.Peer, 4000);
        Assert.Equal(0, endpoint.Pending);
        _net.Receive(Frames.Udp(4000, 7, "yes"u8), Frames.Udp(4001, 7, "no"u8));
        Assert.Equal(1, endpoint.Pending);
        Assert.Equal(1, _net.Interface.Drops[DropCause.NoListener]);
    }

    [Fact]
    public void Broadcast_must_be_allowed_to_be_sent()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        Assert.Equal(SendStatus.BroadcastRefused, endpoint.Send("x"u8, IpAddress.BroadcastIpv4, 9));
        Assert.Equal(SendStatus.BroadcastRefused, endpoint.Send("x"u8, Frames.Ip("10.0.0.255"), 9));
        endpoint.MayBroadcast = true;
        Assert.Equal(SendStatus.Sent, endpoint.Send("x"u8, Frames.Ip("10.0.0.255"), 9));
        Assert.Equal(MacAddress.Broadcast, _net.ExpectIpv4().Ethernet.Destination);
    }

    [Fact]
    public void Broadcast_is_received_and_multicast_is_not()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        IpAddress everyone = IpAddress.BroadcastIpv4;
        IpAddress directed = Frames.Ip("10.0.0.255");
        IpAddress group = Frames.Ip("224.0.0.251");
        _net.Receive(
            Frames.Udp(4000, 7, "a"u8, destination: everyone, to: MacAddress.Broadcast),
            Frames.Udp(4000, 7, "b"u8, destination: directed, to: MacAddress.Broadcast),
            Frames.Udp(4000, 7, "c"u8, destination: group, to: new MacAddress(0x0100_5e00_00fb)));
        Assert.Equal(2, endpoint.Pending);
        Assert.Equal(1, _net.Interface.Drops[DropCause.NotForUs]);
    }

    [Fact]
    public void Multicast_is_sent_to_the_groups_link_address()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("x"u8, Frames.Ip("239.129.2.3"), 9);
        Assert.Equal(new MacAddress(0x0100_5e01_0203), _net.ExpectIpv4().Ethernet.Destination);
    }

    [Fact]
    public void Watchers_are_told_of_arrivals_and_of_the_end()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        CountingWatcher watcher = new();
        _net.Receive(Frames.Udp(4000, 7, "nobody watches"u8));
        endpoint.Readers.Add(watcher);
        Assert.Equal(0, watcher.Count);
        _net.Receive(Frames.Udp(4000, 7, "one"u8), Frames.Udp(4000, 7, "two"u8));
        Assert.Equal(2, watcher.Count);
        endpoint.Close();
        Assert.Equal(3, watcher.Count);
        endpoint.Readers.Remove(watcher);
        Assert.False(endpoint.Readers.HasWaiters);
    }

    [Fact]
    public void Readiness_is_there_until_the_last_datagram_is_taken()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        Assert.Equal(Readiness.Writable, endpoint.Readiness);
        _net.Receive(Frames.Udp(4000, 7, "one"u8), Frames.Udp(4000, 7, "two"u8));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Readiness.Readable | Readiness.Writable, endpoint.Readiness);
            Assert.True(endpoint.TryReceive(_buffer, out _));
        }

        Assert.Equal(Readiness.Writable, endpoint.Readiness);
    }

    [Fact]
    public void Packet_in_several_buffers_is_delivered_whole()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        byte[] payload = new byte[1001];
        new Random(1).NextBytes(payload);
        _net.Device.PieceSize = 333;
        _net.Receive(Frames.Udp(4000, 7, payload));
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(payload, _buffer[..receipt.Length]);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }
}
