using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Network.Streams;

namespace Guest.Tool.Tests;

/// <summary>The clients that measure TCP, against servers of the tests' own: what is right counts, and one wrong byte is found.</summary>
public sealed class StreamClientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Every_connection_gets_its_own_bytes_back(int connections)
    {
        using TestServer server = new(socket => Echo(socket, alteredAt: -1));
        using ExchangeClient client = new(null, server.Address, Exchanges(connections));

        StreamResult result = client.Run(50);

        Assert.Equal((50, 50), (result.Done, result.RoundTrips.Count));
        Assert.Equal(3, client.Run(3).Done);
    }

    [Fact]
    public void One_altered_byte_is_found()
    {
        using TestServer server = new(socket => Echo(socket, alteredAt: 64 * 7 + 63));
        using ExchangeClient client = new(null, server.Address, Exchanges(1));

        Assert.Equal(7, client.Run(7).Done);
        Assert.Contains("not what was asked for", Assert.Throws<RigException>(() => client.Run(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_says_nothing_or_ends_is_not_waited_for()
    {
        using TestServer silent = new(socket => socket.Receive(new byte[1_000]));
        using ExchangeClient client = new(null, silent.Address, Exchanges(1)) { Patience = TimeSpan.FromSeconds(1) };
        using TestServer dead = new(_ => Thread.Sleep(Timeout.Infinite));
        using ExchangeClient other = new(null, dead.Address, Exchanges(1)) { IsThere = () => false };

        Assert.Throws<RigException>(() => client.Run(1));
        Assert.Contains("machine ended", Assert.Throws<RigException>(() => other.Run(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_are_opened_used_and_closed_one_after_the_other()
    {
        int closed = 0;
        using TestServer server = new(socket =>
        {
            Echo(socket, alteredAt: -1);
            Interlocked.Increment(ref closed);
        });
        using ConnectClient client = new(null, server.Address, size: 64);

        Assert.Equal(5, client.Run(5).Done);
        Assert.Equal(5, Volatile.Read(ref closed));
    }

    [Fact]
    public void All_bytes_that_go_to_a_discard_service_have_arrived_when_it_is_done()
    {
        long received = 0;
        using TestServer server = new(socket =>
        {
            byte[] buffer = new byte[10_000];
            while (socket.Receive(buffer) is > 0 and int bytes)
                Interlocked.Add(ref received, bytes);
        });
        using DiscardClient client = new(null, server.Address);

        Assert.Equal(300, client.Run(300).Done);
        Assert.Equal(300_000, Interlocked.Read(ref received));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_generator_s_characters_are_those_of_the_RFC(int shift, bool right)
    {
        using TestServer server = new(socket => Generate(socket, shift));
        using GeneratorClient client = new(null, server.Address);

        if (right)
            Assert.InRange(client.Run(100).Done, 100, 10_000);
        else
            Assert.Contains("RFC 864", Assert.Throws<RigException>(() => client.Run(100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_may_come_in_pieces()
    {
        HttpExchange exchange = new("host", "/page", "body"u8.ToArray());

        Assert.Equal("GET /page HTTP/1.1\r\nHost: host\r\n\r\n", Encoding.ASCII.GetString(exchange.Ask()));
        Assert.False(exchange.Take("HTTP/1.1 200 OK\r\ncontent-length: 4\r"u8));
        Assert.False(exchange.Take("\n\r\nbo"u8));
        Assert.True(exchange.Take("dy"u8));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nboDy")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody!")]
    public void An_answer_with_another_page_is_wrong(string answer)
    {
        HttpExchange exchange = new("host", "/page", "body"u8.ToArray());
        exchange.Ask();

        Assert.Throws<RigException>(() => exchange.Take(Encoding.ASCII.GetBytes(answer)));
    }

    [Fact]
    public void What_was_sent_again_or_came_out_of_order_is_counted()
    {
        string[] lines =
        [
            "Tcp: RtoAlgorithm ActiveOpens RetransSegs InErrs", "Tcp: 1 100 3 50",
            "TcpExt: SyncookiesSent TCPOFOQueue TCPDSACKOldSent TCPDSACKOfoSent", "TcpExt: 70 5 7 11",
            "IpExt: InNoRoutes", "IpExt: 9",
        ];

        Assert.Equal(3 + 5 + 7 + 11, SentAgain.Count(lines));
    }

    private static StreamExchange[] Exchanges(int connections)
    {
        StreamExchange[] exchanges = new StreamExchange[connections];
        for (int i = 0; i < connections; i++)
            exchanges[i] = new EchoExchange(64, i);
        return exchanges;
    }

    private static void Echo(Socket socket, int alteredAt)
    {
        byte[] buffer = new byte[10_000];
        int before = 0;
        while (socket.Receive(buffer) is > 0 and int bytes)
        {
            if (alteredAt >= before && alteredAt < before + bytes)
                buffer[alteredAt - before] ^= 1;
            before += bytes;
            socket.Send(buffer.AsSpan(0, bytes));
        }
    }

    private static void Generate(Socket socket, int shift)
    {
        byte[] line = new byte[74];
        for (int number = shift; ; number++)
        {
            for (int i = 0; i < 72; i++)
                line[i] = (byte)(' ' + ((number + i) % 95));
            line[72] = (byte)'\r';
            line[73] = (byte)'\n';
            socket.Send(line);
        }
    }

    /// <summary>Serves each connection on the loopback with a thread of its own.</summary>
    private sealed class TestServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public TestServer(Action<Socket> serve)
        {
            _listener.Start();
            new Thread(() => Accept(serve)) { IsBackground = true }.Start();
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        public void Dispose() => _listener.Stop();

        private void Accept(Action<Socket> serve)
        {
            try
            {
                while (true)
                {
                    Socket socket = _listener.AcceptSocket();
                    new Thread(() => Serve(socket, serve)) { IsBackground = true }.Start();
                }
            }
            catch (Exception problem) when (problem is SocketException or InvalidOperationException)
            {
                // The test has ended, while this waited or just before it did.
            }
        }

        private static void Serve(Socket socket, Action<Socket> serve)
        {
            try
            {
                serve(socket);
            }
            catch (SocketException)
            {
                // The client went away, as it may.
            }
            finally
            {
                socket.Dispose();
            }
        }
    }
}
