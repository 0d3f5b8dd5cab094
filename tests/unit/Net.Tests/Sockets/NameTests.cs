using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>Names by the BCL's calls, answered by a server on the peer.</summary>
[Collection("run loop")]
public sealed class NameTests
{
    private readonly SocketRig _rig;
    private readonly SocketPeer _peer;

    public NameTests()
    {
        AddressList servers = default;
        servers.Add(Frames.Peer);
        _rig = new SocketRig(nameServers: servers);
        _peer = _rig.AddPeer();
    }

    private DnsTroubles Troubles => _rig.Net.Stack.Names.Troubles;

    [Fact]
    public void Addresses_are_found()
    {
        PeerNameServer server = new(_peer) { Addresses = { ["www.test"] = ["192.0.2.7", "192.0.2.8", "2001:db8::7"] } };

        Assert.Equal(["192.0.2.7", "192.0.2.8", "2001:db8::7"], Dns.GetHostAddresses("www.test").Select(address => address.ToString()));
        Assert.Equal(["192.0.2.7", "192.0.2.8"], Dns.GetHostAddresses("www.test", AddressFamily.InterNetwork).Select(address => address.ToString()));
        Assert.Equal(["2001:db8::7"], Dns.GetHostAddresses("www.test", AddressFamily.InterNetworkV6).Select(address => address.ToString()));
        Assert.Equal(2, server.Datagrams);
    }

    [Theory]
    [InlineData("nobody.test", AddressFamily.Unspecified, SocketError.HostNotFound)]
    [InlineData("ipv4.test", AddressFamily.InterNetworkV6, SocketError.NoData)]
    [InlineData("a b", AddressFamily.Unspecified, SocketError.HostNotFound)]
    [InlineData("::1", AddressFamily.InterNetwork, SocketError.NoData)]
    public void What_there_is_not_is_an_error(string name, AddressFamily family, SocketError expected)
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["ipv4.test"] = ["192.0.2.7"] } };

        Assert.False(Dns.TryGetHostAddresses(name, family, out IPAddress[]? addresses, out SocketError error));
        Assert.Equal(expected, error);
        Assert.Null(addresses);
        Assert.Equal(expected, Assert.Throws<SocketException>(() => Dns.GetHostAddresses(name, family)).SocketErrorCode);
    }

    [Fact]
    public void A_server_that_says_nothing_is_an_error_too()
    {
        _peer.IsLinked = false;
        Assert.False(Dns.TryGetHostAddresses("www.test", AddressFamily.Unspecified, out _, out SocketError error));
        Assert.Equal(SocketError.TryAgain, error);
    }

    [Fact]
    public void An_answer_that_is_too_long_for_a_datagram_comes_by_a_stream()
    {
        PeerNameServer server = new(_peer) { Addresses = { ["www.test"] = ["192.0.2.7"] }, Truncated = { "www.test" } };

        Assert.Equal("192.0.2.7", Assert.Single(Dns.GetHostAddresses("www.test", AddressFamily.InterNetwork)).ToString());

        Assert.Equal((1, 1), (server.Datagrams, server.Streams));
    }

    [Fact]
    public void A_stream_may_bring_an_answer_byte_by_byte()
    {
        PeerNameServer server = new(_peer) { Addresses = { ["www.test"] = ["192.0.2.7"] }, Truncated = { "www.test" } };
        byte[] answer = [];
        TcpEndpoint? stream = null;
        server.OnStream = bytes =>
        {
            answer = [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
            return answer[..1];
        };
        server.EachTurn = open =>
        {
            stream = open.FirstOrDefault();
            if (answer.Length <= 1 || stream is null)
                return;
            answer = answer[1..];
            stream.NoDelay = true;
            stream.Send(answer.AsSpan(0, 1));
        };

        Assert.Equal("192.0.2.7", Assert.Single(Dns.GetHostAddresses("www.test", AddressFamily.InterNetwork)).ToString());
    }

    [Fact]
    public void A_stream_that_is_refused_is_a_failure_of_the_server()
    {
        PeerNameServer server = new(_peer, listens: false) { Addresses = { ["www.test"] = ["192.0.2.7"] }, Truncated = { "www.test" } };

        Assert.False(Dns.TryGetHostAddresses("www.test", AddressFamily.InterNetwork, out _, out SocketError error));

        Assert.Equal((SocketError.TryAgain, 3), (error, server.Datagrams));
        Assert.Equal(3, Troubles[DnsTrouble.StreamFailed]);
    }

    [Theory]
    [InlineData(DnsTrouble.TooLong, new byte[] { 0x20, 0x01, 1, 2, 3 })]
    [InlineData(DnsTrouble.Malformed, new byte[] { 0, 3, 1, 2, 3 })]
    [InlineData(DnsTrouble.Malformed, new byte[] { 0, 0 })]
    [InlineData(DnsTrouble.Silent, new byte[] { 0, 100, 1, 2, 3 })]
    [InlineData(DnsTrouble.Silent, new byte[] { 0 })]
    public void A_stream_that_brings_something_else_is_a_failure_of_the_server(DnsTrouble trouble, byte[] brings)
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["192.0.2.7"] }, Truncated = { "www.test" }, OnStream = _ => brings };

        Assert.False(Dns.TryGetHostAddresses("www.test", AddressFamily.InterNetwork, out _, out SocketError error));

        Assert.Equal((SocketError.TryAgain, 3), (error, Troubles[trouble]));
    }

    [Fact]
    public void A_stream_of_another_answer_is_a_failure_of_the_server()
    {
        _ = new PeerNameServer(_peer)
        {
            Addresses = { ["www.test"] = ["192.0.2.7"] }, Truncated = { "www.test" },
            OnStream = answer => [0, (byte)answer.Length, (byte)(answer[0] ^ 1), .. answer[1..]],
        };

        Assert.False(Dns.TryGetHostAddresses("www.test", AddressFamily.InterNetwork, out _, out _));

        Assert.Equal(3, Troubles[DnsTrouble.WrongIdentifier]);
    }

    [Fact]
    public void Connecting_by_name_tries_each_address()
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["10.0.0.2", "10.0.0.1", "2001:db8::7"] } };
        TcpListenEndpoint listener = _peer.Listen(80);
        using TcpClient client = new() { NoDelay = true };

        Assert.True(client.TryConnect("www.test", 80, out SocketError error), error.ToString());

        Assert.True(client.Connected);
        Assert.True(client.NoDelay);
        Assert.Equal("10.0.0.1", ((IPEndPoint)client.Client.RemoteEndPoint!).Address.MapToIPv4().ToString());
        Assert.NotNull(listener.TryAccept());
    }

    [Fact]
    public void Connecting_by_name_keeps_the_port_that_a_socket_is_bound_to()
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["10.0.0.2", "10.0.0.1"] } };
        _peer.Listen(80);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 5000));

        socket.Connect("www.test", 80);

        Assert.Equal(5000, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    [Fact]
    public void Connecting_by_name_says_what_went_wrong()
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["10.0.0.1"], ["ipv6.test"] = ["2001:db8::7"] } };
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Assert.False(socket.TryConnect("nobody.test", 80, out SocketError error));
        Assert.Equal(SocketError.HostNotFound, error);
        Assert.False(socket.TryConnect("ipv6.test", 80, out error));
        Assert.Equal(SocketError.NoData, error);
        Assert.False(socket.TryConnect("www.test", 80, out error));
        Assert.Equal(SocketError.ConnectionRefused, error);
    }

    [Fact]
    public void Datagrams_go_to_a_name()
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["10.0.0.1"] } };
        UdpEndpoint far = _peer.Bind(7);
        using UdpClient client = new();

        client.Connect("www.test", 7);

        Assert.Equal(5, client.Send("hello"u8));
        _rig.Net.Poll();
        _peer.Poll(_rig.Clock.Now);
        Assert.Equal(1, far.Pending);
    }

    [Fact]
    public void Looking_again_takes_no_memory_that_does_not_come_back()
    {
        _ = new PeerNameServer(_peer) { Addresses = { ["www.test"] = ["10.0.0.1"] } };
        using UdpClient client = new();
        client.Connect("www.test", 7);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            client.Connect("www.test", 7);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
