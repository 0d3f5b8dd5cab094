using System;
using System.Net;
using System.Net.Sockets;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>The kernel's sockets, over a fake device that the run loop polls while the socket waits.</summary>
[Collection("run loop")]
public sealed class SocketTests : IDisposable
{
    private readonly SocketRig _rig = new();
    private readonly Dialogue _net;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2000];

    public SocketTests()
    {
        _net = _rig.Net;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    }

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void Echo_by_the_calls_that_allocate_nothing()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        SocketAddress sender = new(AddressFamily.InterNetwork);
        byte[] question = Frames.Udp(4000, 7, "hello"u8);
        for (int i = 0; i < 3; i++)
        {
            _net.Device.Inject(question);
            int length = _socket.ReceiveFrom(_buffer, SocketFlags.None, sender);
            Assert.Equal(5, _socket.SendTo(_buffer.AsSpan(0, length), SocketFlags.None, sender));
            SeenDatagram answer = _net.ExpectUdp();
            Assert.Equal("hello"u8.ToArray(), answer.Payload);
            Assert.Equal(4000, answer.DestinationPort);
        }

        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4000), new IPEndPoint(IPAddress.Any, 0).Create(sender));
    }

    [Fact]
    public void Address_is_laid_out_as_linux_lays_it_out()
    {
        SocketAddress address = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4000).Serialize();
        Assert.Equal(AddressFamily.InterNetwork, address.Family);
        Assert.Equal(16, address.Size);
        Assert.Equal([2, 0, 0x0f, 0xa0, 10, 0, 0, 1], address.Buffer.Span[..8].ToArray());
    }

    [Fact]
    public void End_point_overloads_name_the_sender()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        IPEndPoint local = Assert.IsType<IPEndPoint>(_socket.LocalEndPoint);
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
        _net.Device.Inject(Frames.Udp(4000, (ushort)local.Port, "hello"u8));
        Assert.Equal(5, _socket.ReceiveFrom(_buffer, ref sender));
        Assert.Equal("10.0.0.1:4000", sender.ToString());
        Assert.Equal(3, _socket.SendTo("abc"u8, sender));
        Assert.Equal("abc"u8.ToArray(), _net.ExpectUdp().Payload);
    }

    [Fact]
    public void Connected_socket_sends_and_receives_without_addresses()
    {
        _socket.Connect(IPAddress.Parse("10.0.0.1"), 4000);
        Assert.True(_socket.Connected);
        Assert.Equal(3, _socket.Send("abc"u8));
        SeenDatagram sent = _net.ExpectUdp();
        Assert.Equal(4000, sent.DestinationPort);
        _net.Device.Inject(Frames.Udp(4000, sent.SourcePort, "hello"u8));
        Assert.Equal(5, _socket.Receive(_buffer));
    }

    [Fact]
    public void Poll_and_available_say_what_waits()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        Assert.False(_socket.Poll(1000, SelectMode.SelectRead));
        _net.Device.Inject(Frames.Udp(4000, 7, "hello"u8));
        Assert.True(_socket.Poll(-1, SelectMode.SelectRead));
        Assert.Equal(5, _socket.Available);
    }

    [Fact]
    public void Nothing_in_time_is_a_time_out()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        _socket.ReceiveTimeout = 10;
        SocketAddress sender = new(AddressFamily.InterNetwork);
        EndPoint remote = new IPEndPoint(IPAddress.Any, 0);
        foreach ((bool blocking, SocketError expected) in new[] { (true, SocketError.TimedOut), (false, SocketError.WouldBlock) })
        {
            _socket.Blocking = blocking;
            Assert.Equal(-1, _socket.Receive(_buffer));
            Assert.Equal(-1, _socket.ReceiveFrom(_buffer, ref remote));
            Assert.Equal(-1, _socket.ReceiveFrom(_buffer, SocketFlags.None, sender));
            Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out SocketError error));
            Assert.Equal(expected, error);
            Assert.Equal(-1, _socket.ReceiveFrom(_buffer, SocketFlags.None, sender, out error));
            Assert.Equal(expected, error);
        }

        _net.Device.Inject(Frames.Udp(4000, 7, "hello"u8));
        _net.Poll();
        Assert.Equal(5, _socket.Receive(_buffer, SocketFlags.None, out SocketError none));
        Assert.Equal(SocketError.Success, none);
    }

    [Fact]
    public void What_was_not_sent_is_said_where_it_is_asked()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        SocketAddress peer = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9).Serialize();
        Assert.Equal(1, _socket.SendTo("x"u8, SocketFlags.None, peer, out SocketError error));
        Assert.Equal(SocketError.Success, error);
        Assert.Equal(-1, _socket.SendTo("x"u8, SocketFlags.None, new IPEndPoint(IPAddress.Loopback, 9).Serialize(), out error));
        Assert.Equal(SocketError.NetworkUnreachable, error);
        Assert.Equal(-1, _socket.SendTo("x"u8, SocketFlags.None, new IPEndPoint(IPAddress.Broadcast, 9).Serialize(), out error));
        Assert.Equal(SocketError.AccessDenied, error);
        _net.Device.Room = 0;
        for (int i = 0; i < 64; i++)
            _socket.SendTo("x"u8, SocketFlags.None, peer);
        Assert.Equal(-1, _socket.SendTo("x"u8, SocketFlags.None, peer, out error));
        Assert.Equal(SocketError.NoBufferSpaceAvailable, error);
    }

    [Fact]
    public void An_address_that_is_not_there_yet_is_a_value_where_it_is_asked()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.9"), 7), out SocketError error);
        Assert.Equal(SocketError.AddressNotAvailable, error);
        Assert.False(_socket.IsBound);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7), out error);
        Assert.Equal(SocketError.Success, error);
        using Socket second = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        second.Bind(new IPEndPoint(IPAddress.Any, 7), out error);
        Assert.Equal(SocketError.AddressAlreadyInUse, error);
    }

    [Fact]
    public void Full_device_is_waited_for_then_the_datagram_is_lost()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        IPEndPoint peer = new(IPAddress.Parse("10.0.0.1"), 9);
        _net.Device.Room = 0;
        for (int i = 0; i < 64; i++)
            _socket.SendTo("x"u8, peer);
        Instant before = _rig.Clock.Now;
        Assert.Equal(1, _socket.SendTo("x"u8, peer));
        Assert.True((_rig.Clock.Now - before).Milliseconds >= 100);
        Assert.Equal(1, _net.Stack.Drops[DropCause.TransmitFull]);
        _rig.Clock.OnIdle = () => _net.Device.Room = 100;
        Assert.Equal(1, _socket.SendTo("x"u8, peer));
        Assert.Equal(1, _net.Stack.Drops[DropCause.TransmitFull]);
    }

    [Fact]
    public void Network_never_makes_sending_throw()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        _net.Device.LinkUp = false;
        _net.Poll();
        Assert.Equal(1, _socket.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9)));
        Assert.Equal(1, _socket.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, 9)));
        Assert.Equal(-1, _socket.SendTo("x"u8, new IPEndPoint(IPAddress.Broadcast, 9)));
    }

    [Fact]
    public void Mistakes_of_the_program_throw()
    {
        AssertFails(SocketError.SocketNotSupported, () => new Socket(AddressFamily.InterNetwork, SocketType.Unknown, ProtocolType.Udp).Dispose());
        AssertFails(SocketError.AddressFamilyNotSupported, () => new Socket(AddressFamily.Unspecified, SocketType.Dgram, ProtocolType.Udp).Dispose());
        Assert.Throws<InvalidOperationException>(() => _socket.Receive(_buffer));
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        Assert.Throws<InvalidOperationException>(() => _socket.Bind(new IPEndPoint(IPAddress.Any, 8)));
        using Socket second = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        AssertFails(SocketError.AddressAlreadyInUse, () => second.Bind(new IPEndPoint(IPAddress.Any, 7)));
        AssertFails(SocketError.AddressNotAvailable, () => second.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.9"), 7)));
        AssertFails(SocketError.MessageSize, () => _socket.SendTo(new byte[65_508], new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9)));
        AssertFails(SocketError.DestinationAddressRequired, () => _socket.Send("x"u8));
        second.Close();
        Assert.Throws<ObjectDisposedException>(() => second.Receive(_buffer));
    }

    [Fact]
    public void Closed_sockets_port_is_free()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, 7));
        _socket.Close();
        using Socket next = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(new IPEndPoint(IPAddress.Any, 7));
        Assert.True(next.IsBound);
    }

    private static void AssertFails(SocketError error, Action action) =>
        Assert.Equal(error, Assert.Throws<SocketException>(action).SocketErrorCode);
}
