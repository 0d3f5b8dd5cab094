using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>TCP sockets, against a host that has a stack of ours without sockets.</summary>
[Collection("run loop")]
public sealed class StreamSocketTests : IDisposable
{
    private const ushort Port = 80;

    private readonly SocketRig _rig = new();
    private readonly SocketPeer _peer;
    private readonly Socket _socket = NewSocket();
    private readonly byte[] _buffer = new byte[70_000];

    public StreamSocketTests() => _peer = _rig.AddPeer();

    private static IPEndPoint PeersPort => new(IPAddress.Parse("10.0.0.1"), Port);

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void What_one_end_sends_the_other_receives_until_the_end()
    {
        TcpEndpoint far = ConnectToPeer();
        Assert.True(_socket.Connected);
        Assert.Equal(PeersPort, _socket.RemoteEndPoint);
        Assert.Equal(5, _socket.Send("hello"u8));
        Pass();
        Assert.Equal("hello"u8.ToArray(), _peer.Take(far));
        far.Send("answer"u8);
        far.ShutdownSend();
        Assert.Equal(6, _socket.Receive(_buffer));
        Assert.Equal("answer"u8.ToArray(), _buffer[..6]);
        Assert.Equal(0, _socket.Receive(_buffer, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.Success, error);
    }

    [Fact]
    public void Sending_waits_until_the_other_end_has_taken_enough()
    {
        TcpEndpoint far = ConnectToPeer();
        byte[] bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        List<byte> taken = [];
        _peer.Turn = () => taken.AddRange(_peer.Take(far));
        Assert.Equal(bytes.Length, _socket.Send(bytes));
        while (taken.Count < bytes.Length)
            Pass();
        Assert.Equal(bytes, taken);
    }

    [Fact]
    public void After_a_half_close_the_other_direction_goes_on()
    {
        TcpEndpoint far = ConnectToPeer();
        _socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(-1, _socket.Send("x"u8, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.Shutdown, error);
        Pass();
        Assert.True(far.IsAtEnd);
        far.Send("late"u8);
        Assert.Equal(4, _socket.Receive(_buffer));
        far.Close();
        Assert.Equal(0, _socket.Receive(_buffer));
    }

    [Fact]
    public void Nobody_on_the_port_is_a_value()
    {
        Assert.False(_socket.TryConnect(PeersPort, out SocketError error));
        Assert.Equal(SocketError.ConnectionRefused, error);
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out error));
        Assert.Equal(SocketError.ConnectionRefused, error);
        using Socket other = NewSocket();
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => other.Connect(PeersPort)).SocketErrorCode);
    }

    [Fact]
    public void A_host_that_does_not_answer_is_a_time_out()
    {
        _peer.IsLinked = false;
        Assert.False(_socket.TryConnect(PeersPort, out SocketError error));
        Assert.Equal(SocketError.TimedOut, error);
    }

    [Fact]
    public void An_address_that_nothing_leads_to_is_a_value()
    {
        Assert.False(_socket.TryConnect(new IPEndPoint(IPAddress.Loopback, Port), out SocketError error));
        Assert.Equal(SocketError.NetworkUnreachable, error);
    }

    [Fact]
    public void A_reset_is_a_value_for_whoever_receives_or_sends()
    {
        TcpEndpoint far = ConnectToPeer();
        _rig.Clock.OnIdle = far.Abort;
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal(-1, _socket.Send("x"u8, SocketFlags.None, out error));
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.False(_socket.Connected);
        Assert.False(_socket.TryShutdown(SocketShutdown.Both, out error));
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal((int)SocketError.ConnectionReset, _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
        Assert.True(_socket.Poll(0, SelectMode.SelectError));
    }

    [Fact]
    public void Nothing_in_time_is_a_time_out_and_the_connection_goes_on()
    {
        TcpEndpoint far = ConnectToPeer();
        _socket.ReceiveTimeout = 20;
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.TimedOut, error);
        far.Send("late"u8);
        Assert.Equal(4, _socket.Receive(_buffer));
        _socket.SendTimeout = 20;
        Assert.Equal(-1, _socket.Send(new byte[10_000_000], SocketFlags.None, out error));
        Assert.Equal(SocketError.TimedOut, error);
        Assert.True(_socket.Connected);
    }

    [Fact]
    public void One_that_does_not_block_says_what_it_would_wait_for()
    {
        TcpListenEndpoint listener = _peer.Listen(Port);
        _socket.Blocking = false;
        Assert.False(_socket.TryConnect(PeersPort, out SocketError error));
        Assert.Equal(SocketError.WouldBlock, error);
        Assert.False(_socket.Poll(0, SelectMode.SelectWrite));
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out error));
        Assert.Equal(SocketError.WouldBlock, error);
        Assert.Equal(-1, _socket.Send("x"u8, SocketFlags.None, out error));
        Assert.Equal(SocketError.WouldBlock, error);
        Assert.True(_socket.Poll(1_000_000, SelectMode.SelectWrite));
        Assert.True(_socket.Connected);
        Assert.False(_socket.TryConnect(PeersPort, out error));
        Assert.Equal(SocketError.IsConnected, error);
        Pass();
        TcpEndpoint far = listener.TryAccept()!;

        long sent = 0;
        while (_socket.Poll(100_000, SelectMode.SelectWrite))
            sent += _socket.Send(_buffer, SocketFlags.None, out error);
        Assert.Equal(-1, _socket.Send(_buffer, SocketFlags.None, out error));
        Assert.Equal(SocketError.WouldBlock, error);
        long taken = 0;
        _peer.Turn = () => taken += _peer.Take(far).Length;
        Assert.True(_socket.Poll(10_000_000, SelectMode.SelectWrite));
        while (taken < sent)
            Pass();
        Assert.Equal(sent, taken);
    }

    [Fact]
    public void Those_who_connect_are_accepted_in_turn()
    {
        Listen();
        TcpEndpoint[] far = [_peer.Connect(Port), _peer.Connect(Port)];
        foreach (TcpEndpoint each in far)
        {
            using Socket accepted = _socket.Accept();
            Assert.Equal(each.LocalPort, ((IPEndPoint)accepted.RemoteEndPoint!).Port);
            Assert.Equal(Port, ((IPEndPoint)accepted.LocalEndPoint!).Port);
            each.Send("hello"u8);
            Assert.Equal(5, accepted.Receive(_buffer));
        }

        _socket.Blocking = false;
        Assert.False(_socket.TryAccept(out _, out SocketError error));
        Assert.Equal(SocketError.WouldBlock, error);
        Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(_socket.Accept).SocketErrorCode);
    }

    [Fact]
    public void Select_tells_of_a_connection_and_of_its_data()
    {
        Listen();
        TcpEndpoint far = _peer.Connect(Port);
        List<Socket> read = [_socket];
        Socket.Select(read, null, null, 1_000_000);
        Socket accepted = Assert.Single(read).Accept();
        read = [_socket, accepted];
        far.Send("x"u8);
        Socket.Select(read, null, null, 1_000_000);
        Assert.Equal([accepted], read);
        Assert.Equal(1, accepted.Receive(_buffer));
        far.Close();
        read = [_socket, accepted];
        Socket.Select(read, null, null, 1_000_000);
        Assert.Equal([accepted], read);
        Assert.Equal(0, accepted.Receive(_buffer));
        accepted.Close();
    }

    [Fact]
    public void Peeking_leaves_what_is_there()
    {
        TcpEndpoint far = ConnectToPeer();
        far.Send("hello"u8);
        Assert.Equal(5, _socket.Receive(_buffer, SocketFlags.Peek));
        Assert.Equal(5, _socket.Available);
        Assert.Equal(2, _socket.Receive(_buffer, 0, 2, SocketFlags.None));
        Assert.Equal(3, _socket.Receive(_buffer));
    }

    [Fact]
    public void A_closed_sockets_waiters_are_told()
    {
        ConnectToPeer();
        SocketError received = SocketError.Success;
        SocketError accepted = SocketError.Success;
        using Socket listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Any, 81));
        listener.Listen();
        Scheduler scheduler = Processor.Current.Scheduler;
        scheduler.Start("receiver", () => _socket.Receive(_buffer, SocketFlags.None, out received));
        scheduler.Start("accepter", () => listener.TryAccept(out _, out accepted));
        scheduler.Yield();
        _socket.Close();
        listener.Close();
        scheduler.Yield();
        Assert.Equal((SocketError.OperationAborted, SocketError.OperationAborted), (received, accepted));
        Assert.Throws<ObjectDisposedException>(() => _socket.Receive(_buffer));
    }

    [Fact]
    public void Sockets_of_closed_connections_serve_again_but_not_at_once()
    {
        Listen();
        HashSet<Socket> seen = [];
        Socket? last = null;
        for (int i = 0; i < 300; i++)
        {
            TcpEndpoint far = _peer.Connect(Port);
            Socket accepted = _socket.Accept();
            Assert.NotSame(last, accepted);
            last?.Dispose(); // a second time, as using would
            Assert.True(accepted.Blocking);
            accepted.Blocking = false;
            far.Send("x"u8);
            Pass();
            Assert.Equal(1, accepted.Receive(_buffer));
            accepted.Dispose();
            far.Close();
            Pass();
            seen.Add(accepted);
            last = accepted;
        }

        Assert.InRange(seen.Count, 2, 70);
    }

    [Fact]
    public void Options_are_kept()
    {
        _socket.NoDelay = true;
        _socket.SendBufferSize = 100_000;
        _socket.ReceiveBufferSize = 200_000;
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        _socket.LingerState = new LingerOption(true, 7);
        Assert.True(_socket.NoDelay);
        Assert.Equal((100_000, 200_000), (_socket.SendBufferSize, _socket.ReceiveBufferSize));
        Assert.Equal(1, _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(30, _socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(5, _socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(3, _socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        Assert.Equal((true, 7), (_socket.LingerState.Enabled, _socket.LingerState.LingerTime));
        Assert.Equal((int)SocketType.Stream, _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Type));
    }

    [Fact]
    public void Closing_without_linger_resets()
    {
        TcpEndpoint far = ConnectToPeer();
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
        Pass();
        Assert.Equal(TcpError.Reset, far.Error);
    }

    [Fact]
    public void Mistakes_of_the_program_throw()
    {
        Assert.Throws<SocketException>(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Udp).Dispose());
        Assert.Throws<SocketException>(() => _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Broadcast, true));
        Assert.Throws<SocketException>(() => _socket.SendTo("x"u8, PeersPort));
        Assert.Throws<SocketException>(() => _socket.EnableBroadcast = true);
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.NotConnected, error);
        Listen();
        using Socket second = NewSocket();
        second.Bind(new IPEndPoint(IPAddress.Any, Port), out error);
        Assert.Equal(SocketError.AddressAlreadyInUse, error);
        Assert.Throws<InvalidOperationException>(() => _socket.Bind(new IPEndPoint(IPAddress.Any, 81)));
    }

    [Fact]
    public void A_port_that_was_bound_is_the_connections_own()
    {
        TcpListenEndpoint listener = _peer.Listen(Port);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 5_000));
        Assert.Equal(5_000, ((IPEndPoint)_socket.LocalEndPoint!).Port);
        _socket.Connect(PeersPort);
        Pass();
        Assert.Equal(5_000, listener.TryAccept()!.RemotePort);
        using Socket free = NewSocket();
        free.Bind(new IPEndPoint(IPAddress.Any, 0));
        Assert.NotEqual(0, ((IPEndPoint)free.LocalEndPoint!).Port);
    }

    [Fact]
    public void An_address_that_is_not_there_yet_may_be_tried_again()
    {
        for (int i = 0; i < 3; i++)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.9"), Port), out SocketError error);
            Assert.Equal(SocketError.AddressNotAvailable, error);
            Assert.False(_socket.IsBound);
        }

        Listen();
        _peer.Connect(Port);
        _socket.Accept().Dispose();
    }

    [Fact]
    public void Clients_listeners_and_streams_stand_on_sockets()
    {
        using TcpListener listener = new(IPAddress.Any, 82);
        listener.Start();
        Assert.False(listener.Pending());
        TcpEndpoint far = _peer.Connect(82);
        using TcpClient accepted = listener.AcceptTcpClient();
        NetworkStream stream = accepted.GetStream();
        stream.Write("hello"u8);
        Pass();
        Assert.Equal("hello"u8.ToArray(), _peer.Take(far));
        far.Send("answer"u8);
        stream.ReadExactly(_buffer.AsSpan(0, 6));
        Assert.Equal("answer"u8.ToArray(), _buffer[..6]);
        far.Abort();
        Assert.Equal(0, stream.Read(_buffer));
        stream.Write("nobody hears it"u8);

        TcpListenEndpoint peers = _peer.Listen(Port);
        using TcpClient client = new();
        client.Connect(PeersPort);
        Pass();
        Assert.True(client.Connected);
        client.Close();
        Pass();
        Assert.True(peers.TryAccept()!.IsAtEnd);
    }

    [Fact]
    public void A_poller_returns_each_socket_that_is_ready_in_turn()
    {
        Listen();
        _socket.Blocking = false;
        SocketPoller poller = new();
        poller.Add(_socket, SelectMode.SelectRead, "listener");
        Assert.False(poller.Wait(1_000, out _, out _));
        TcpEndpoint[] far = [.. Enumerable.Range(0, 8).Select(_ => _peer.Connect(Port))];
        List<Socket> accepted = [];
        while (accepted.Count < far.Length)
        {
            Assert.True(poller.Wait(1_000_000, out Socket? ready, out object? state));
            Assert.Equal((_socket, "listener"), (ready, state));
            Assert.True(ready.TryAccept(out Socket? one, out _));
            accepted.Add(one);
            poller.Add(one, SelectMode.SelectRead, null);
        }

        Assert.False(poller.Wait(1_000, out _, out _));
        Random random = new(1);
        for (int i = 0; i < 200; i++)
        {
            TcpEndpoint from = far[random.Next(far.Length)];
            from.Send("x"u8);
            Assert.True(poller.Wait(1_000_000, out Socket? ready, out _));
            Assert.Equal(from.LocalPort, ((IPEndPoint)ready.RemoteEndPoint!).Port);
            Assert.Equal(1, ready.Receive(_buffer));
        }

        poller.Change(accepted[3], SelectMode.SelectWrite);
        Assert.True(poller.Wait(0, out Socket? writable, out _));
        Assert.Same(accepted[3], writable);
        poller.Remove(accepted[3]);
        Assert.False(poller.Wait(1_000, out _, out _));

        // Two that have something get their turn each, though neither is read; one that is closed is gone.
        far[0].Send("x"u8);
        far[1].Send("x"u8);
        HashSet<Socket> seen = [];
        for (int i = 0; i < 4; i++)
        {
            Assert.True(poller.Wait(1_000_000, out Socket? ready, out _));
            seen.Add(ready);
        }

        Assert.Equal(2, seen.Count);
        foreach (Socket each in seen)
            each.Close();
        Assert.False(poller.Wait(1_000, out _, out _));
        foreach (Socket each in accepted)
            each.Dispose();
    }

    [Fact]
    public void UDP_clients_stand_on_sockets()
    {
        using UdpClient client = new(7);
        _rig.Clock.Peer = null;
        _rig.Net.Device.Inject(Frames.Udp(4000, 7, "hello"u8));
        IPEndPoint? sender = null;
        Assert.Equal("hello"u8.ToArray(), client.Receive(ref sender));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4000), sender);
        _rig.Net.Device.Sent.Clear();
        Assert.Equal(3, client.Send("abc"u8, sender));
        Assert.Equal("abc"u8.ToArray(), _rig.Net.ExpectUdp().Payload);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static void Pass() => Processor.Current.Scheduler.Sleep(Platform.Current.Now + Duration.FromMilliseconds(1));

    private void Listen()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        _socket.Listen(16);
    }

    private TcpEndpoint ConnectToPeer()
    {
        TcpListenEndpoint listener = _peer.Listen(Port);
        _socket.Connect(PeersPort);
        Pass();
        return listener.TryAccept()!;
    }
}
