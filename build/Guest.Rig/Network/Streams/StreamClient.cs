using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network.Streams;

/// <summary>Puts TCP traffic of one kind on a server, and checks every byte that comes back.</summary>
public abstract class StreamClient : IDisposable
{
    private const int Glance = 250;

    /// <summary>The level of TCP's socket options (linux/tcp.h), some of which .NET has no names for.</summary>
    protected const int TcpLevel = 6;

    // How often a SYN is sent again, after 1, 2, 4 seconds.
    private const int SynCount = 7;
    private const int MostSyns = 3;

    private readonly NetworkNamespace? _network;

    /// <param name="network">Where the server is; null for this host.</param>
    /// <param name="server">The server.</param>
    protected StreamClient(NetworkNamespace? network, IPEndPoint server)
    {
        _network = network;
        Server = server;
    }

    /// <summary>How long nothing may come while something is due.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether there is still anybody who could answer; null: nobody knows.</summary>
    public Func<bool>? IsThere { get; init; }

    /// <summary>The server.</summary>
    protected IPEndPoint Server { get; }

    /// <summary>Does so many units of the traffic, and returns when all are done.</summary>
    /// <exception cref="RigException">Nothing came for too long, or something that is wrong.</exception>
    public abstract StreamResult Run(int units);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Runs code where the server is.</summary>
    protected T Inside<T>(Func<T> code) => _network is null ? code() : _network.Inside(code);

    /// <summary>Opens a connection; only inside.</summary>
    protected Socket Connect(int receiveBuffer = 0)
    {
        Socket socket = new(Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            socket.SetRawSocketOption(TcpLevel, SynCount, BitConverter.GetBytes(MostSyns));
            if (receiveBuffer != 0)
                socket.ReceiveBufferSize = receiveBuffer;
            socket.Connect(Server);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new RigException($"No connection to {Server}: {failure.Message}", failure);
        }
    }

    /// <summary>Sends everything.</summary>
    protected static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[socket.Send(bytes)..];
        }
        catch (SocketException failure)
        {
            throw new RigException($"It takes nothing more: {failure.Message}", failure);
        }
    }

    /// <summary>Receives what is there, or what comes.</summary>
    /// <returns>How much; 0 at the end of the stream.</returns>
    protected int Receive(Socket socket, Span<byte> buffer)
    {
        Await(() => socket.Poll(TimeSpan.FromMilliseconds(Glance), SelectMode.SelectRead));
        try
        {
            return socket.Receive(buffer);
        }
        catch (SocketException failure)
        {
            throw new RigException($"Its connection failed: {failure.Message}", failure);
        }
    }

    /// <summary>Returns once the other side has closed, too.</summary>
    protected void ReceiveEnd(Socket socket, Span<byte> buffer)
    {
        if (Receive(socket, buffer) != 0)
            throw new RigException("More came back than had been sent.");
    }

    /// <summary>Waits until something has happened; it is asked again and again, and may wait itself for a moment.</summary>
    protected void Await(Func<bool> happened)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!happened())
        {
            if (IsThere?.Invoke() == false)
                throw new RigException("Its machine ended.");
            if (Stopwatch.GetElapsedTime(begin) >= Patience)
                throw new RigException("It fell silent.");
        }
    }
}
