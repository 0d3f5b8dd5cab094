using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Sockets;

/// <summary>The kernel's sockets over IPv6, and those that take both versions.</summary>
[Collection("run loop")]
public sealed class Ipv6SocketTests
{
    private readonly SocketRig _rig = new(Ipv6Configuration.Automatic);
    private readonly byte[] _buffer = new byte[2000];

    public Ipv6SocketTests()
    {
        Net.Advance(Duration.FromSeconds(3));
        Net.Receive(Ipv6Frames.Solicitation(Us));
        Net.Device.Sent.Clear();
    }

    private Dialogue Net => _rig.Net;

    private IpAddress Us => Net.Interface.LinkLocalAddress;

    [Fact]
    public void Echo_by_the_calls_that_allocate_nothing()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 7));
        SocketAddress sender = new(AddressFamily.InterNetworkV6);
        for (int i = 0; i < 3; i++)
        {
            Net.Device.Inject(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Us, 4000, 7, "hello"u8));
            int length = socket.ReceiveFrom(_buffer, SocketFlags.None, sender);
            Assert.Equal(5, socket.SendTo(_buffer.AsSpan(0, length), SocketFlags.None, sender));
            SeenDatagram answer = Ipv6Frames.ReadUdp(Net.ExpectFrame());
            Assert.Equal("hello"u8.ToArray(), answer.Payload);
            Assert.Equal((Ipv6Frames.Peer, (ushort)4000), (answer.Destination, answer.DestinationPort));
        }

        Assert.Equal(new IPEndPoint(IPAddress.Parse("fe80::1"), 4000), new IPEndPoint(IPAddress.IPv6Any, 0).Create(sender));
    }

    [Fact]
    public void An_address_is_laid_out_as_linux_lays_it_out()
    {
        SocketAddress address = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 4000).Serialize();
        Assert.Equal((AddressFamily.InterNetworkV6, 28), (address.Family, address.Size));
        Assert.Equal([10, 0, 0x0f, 0xa0, 0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8, .. new byte[11], 1, 0, 0, 0, 0], address.Buffer.Span[..28].ToArray());
    }

    [Fact]
    public void One_for_both_hears_IPv4_in_ipvsixs_form()
    {
        using Socket socket = new(SocketType.Dgram, ProtocolType.Udp);
        Assert.True(socket.DualMode);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 7));
        SocketAddress sender = new(AddressFamily.InterNetworkV6);
        Net.Device.Inject(Frames.Udp(4000, 7, "four"u8));
        Assert.Equal(4, socket.ReceiveFrom(_buffer, SocketFlags.None, sender));
        IPEndPoint four = Assert.IsType<IPEndPoint>(new IPEndPoint(IPAddress.Any, 0).Create(sender));
        Assert.Equal("[::ffff:10.0.0.1]:4000", four.ToString());
        Assert.True(four.Address.IsIPv4MappedToIPv6);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), four.Address.MapToIPv4());
        socket.SendTo("back"u8, SocketFlags.None, sender);
        Assert.Equal("back"u8, Net.ExpectUdp().Payload);

        Net.Device.Inject(Ipv6Frames.UdpPacket(Ipv6Frames.Peer, Us, 4000, 7, "six"u8));
        EndPoint from = new IPEndPoint(IPAddress.IPv6Any, 0);
        Assert.Equal(3, socket.ReceiveFrom(_buffer, ref from));
        Assert.Equal("[fe80::1]:4000", from.ToString());
        socket.SendTo("to four"u8, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4000));
        Assert.Equal("to four"u8, Net.ExpectUdp().Payload);
    }

    [Fact]
    public void One_of_IPv6_alone_does_not_hear_IPv4()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        Assert.False(socket.DualMode);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 7));
        Net.Receive(Frames.Udp(4000, 7, "four"u8));
        Assert.Equal(0, socket.Available);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Any, 7), out SocketError error);
        Assert.Equal(SocketError.Success, error);
    }

    [Fact]
    public void What_is_of_another_family_is_refused()
    {
        using Socket four = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket six = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        AssertRefused(() => four.Bind(new IPEndPoint(IPAddress.IPv6Any, 7)));
        AssertRefused(() => six.Bind(new IPEndPoint(IPAddress.Any, 7)));
        AssertRefused(() => four.SendTo("x"u8, SocketFlags.None, new IPEndPoint(IPAddress.Parse("fe80::1"), 7).Serialize()));
        Assert.Throws<NotSupportedException>(() => four.DualMode = true);
    }

    [Fact]
    public void A_stream_is_accepted_by_either_version()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 7));
        listener.Listen();
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, Us, 6, Segment(Ipv6Frames.Peer, Us, sequence: 100, acknowledgement: 0, flags: 0x02)));
        SeenIpv6Packet answer = Ipv6Frames.Read(Net.ExpectFrame());
        Assert.Equal(6, answer.NextHeader);
        Assert.Equal(0x12, answer.Payload[13]); // SYN and ACK
        Assert.Equal(0xffff, Ipv6Frames.Sum(Us, Ipv6Frames.Peer, 6, answer.Payload));
        Assert.Equal([2, 4, 0x05, 0xa0], answer.Payload[20..24]); // the longest segment: 1500 - 40 - 20
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(answer.Payload.AsSpan(4));
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, Us, 6, Segment(Ipv6Frames.Peer, Us, sequence: 101, acknowledgement: sequence + 1, flags: 0x10)));
        Assert.True(listener.TryAccept(out Socket? accepted, out _));
        Assert.Equal("[fe80::1]:4000", accepted.RemoteEndPoint!.ToString());
        Assert.Equal(AddressFamily.InterNetworkV6, accepted.AddressFamily);
        accepted.Close();
    }

    private static byte[] Segment(IpAddress from, IpAddress to, uint sequence, uint acknowledgement, byte flags)
    {
        byte[] segment = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 4000);
        segment[3] = 7;
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgement);
        segment[12] = 0x50;
        segment[13] = flags;
        segment[14] = 0x10;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), (ushort)~Ipv6Frames.Sum(from, to, 6, segment));
        return segment;
    }

    private static void AssertRefused(Action action) =>
        Assert.Equal(SocketError.AddressFamilyNotSupported, Assert.Throws<SocketException>(action).SocketErrorCode);
}
