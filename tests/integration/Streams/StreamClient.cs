using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Streams;

/// <summary>A TCP connection of Linux's to a service of the appliance.</summary>
internal sealed class StreamClient : IDisposable
{
    /// <summary>RFC 862, 863 and 864.</summary>
    public const int Echo = 7;

    public const int Discard = 9;

    public const int Generator = 19;

    // Generous: the machine may be busy. A wait that never ends is a failure.
    private const int PatienceMilliseconds = 60_000;
    private const int ChunkSize = 16_384;

    // Longer than what both ends take without anybody reading.
    private static readonly byte[] s_unread = new byte[4_000_000];

    private StreamClient(Socket socket) => Socket = socket;

    /// <summary>The connection.</summary>
    public Socket Socket { get; }

    /// <summary>Opens one inside a namespace.</summary>
    public static StreamClient Open(NetworkNamespace network, IPAddress server, int port) => network.Inside(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            SendTimeout = PatienceMilliseconds,
            ReceiveTimeout = PatienceMilliseconds,
            NoDelay = true,
        };
        try
        {
            socket.Connect(server, port);
            return new StreamClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>Opens one that sends as much as is taken, and never reads.</summary>
    public static StreamClient OpenDeaf(NetworkNamespace network, IPAddress server, int port)
    {
        StreamClient client = Open(network, server, port);
        client.Socket.ReceiveBufferSize = 4_096;
        client.Socket.Blocking = false;
        client.Socket.Send(s_unread, SocketFlags.None, out _);
        return client;
    }

    /// <summary>Bytes that a seed makes.</summary>
    public static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends bytes in pieces of any size, ends its direction, and receives meanwhile until the other end ends its own.</summary>
    public byte[] Exchange(byte[] bytes, int seed) => Exchange(bytes, bytes.Length, seed);

    /// <inheritdoc cref="Exchange(byte[], int)"/>
    /// <param name="bytes">What to send.</param>
    /// <param name="most">More than so many bytes are a failure.</param>
    /// <param name="seed">What the pieces are made from.</param>
    public byte[] Exchange(byte[] bytes, int most, int seed)
    {
        Task sending = Task.Factory.StartNew(() => SendAllAndEnd(bytes, seed), TaskCreationOptions.LongRunning);
        byte[] received = ReceiveToEnd(most);
        sending.GetAwaiter().GetResult();
        return received;
    }

    /// <summary>Sends bytes in pieces of any size.</summary>
    public void SendAllAndEnd(byte[] bytes, int seed)
    {
        Random random = new(seed);
        for (int at = 0; at < bytes.Length;)
            at += Socket.Send(bytes, at, Math.Min(random.Next(1, ChunkSize), bytes.Length - at), SocketFlags.None);
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Receives until the end.</summary>
    /// <param name="most">More than so many bytes are a failure.</param>
    public byte[] ReceiveToEnd(int most)
    {
        byte[] received = new byte[most + 1];
        int length = 0;
        while (length <= most && Socket.Receive(received, length, received.Length - length, SocketFlags.None) is > 0 and int more)
            length += more;
        Assert.InRange(length, 0, most);
        return received[..length];
    }

    /// <summary>Receives so many bytes.</summary>
    public byte[] Receive(int count)
    {
        byte[] received = new byte[count];
        int length = 0;
        while (length < count && Socket.Receive(received, length, count - length, SocketFlags.None) is > 0 and int more)
            length += more;
        Assert.Equal(count, length);
        return received;
    }

    /// <summary>Many connections at once, each with random data of its own both ways.</summary>
    public static void ExchangeOverMany(NetworkNamespace network, IPAddress server, int connections, int bytesEach)
    {
        StreamClient[] clients = [.. Enumerable.Range(0, connections).Select(_ => Open(network, server, Echo))];
        try
        {
            Task[] exchanges = [.. clients.Select((client, seed) => Task.Factory.StartNew(
                () =>
                {
                    byte[] bytes = RandomBytes(seed, bytesEach);
                    Assert.Equal(bytes, client.Exchange(bytes, seed));
                },
                TaskCreationOptions.LongRunning))];
            Task.WaitAll(exchanges);
        }
        finally
        {
            foreach (StreamClient client in clients)
                client.Dispose();
        }
    }

    public void Dispose() => Socket.Dispose();
}
