using System.Diagnostics.CodeAnalysis;

namespace System.Net.Sockets;

/// <summary>A TCP connection with a stream. It and its stream take memory that does not come back: who serves many connections uses <see cref="Socket"/>.</summary>
public class TcpClient : IDisposable
{
    private NetworkStream? _stream;

    /// <summary>Makes one that is not connected, for both families.</summary>
    public TcpClient()
        : this(new Socket(SocketType.Stream, ProtocolType.Tcp))
    {
    }

    /// <summary>Makes one that is not connected.</summary>
    public TcpClient(AddressFamily family)
        : this(new Socket(family, SocketType.Stream, ProtocolType.Tcp))
    {
    }

    /// <summary>Makes one that is bound to an address and a port of this host.</summary>
    public TcpClient(IPEndPoint localEP)
        : this(localEP.AddressFamily) => Client.Bind(localEP);

    internal TcpClient(Socket socket) => Client = socket;

    /// <summary>The socket.</summary>
    public Socket Client { get; set; }

    /// <summary>Bytes that can be received at once.</summary>
    public int Available => Client.Available;

    /// <summary>Whether there is another end.</summary>
    public bool Connected => Client.Connected;

    /// <inheritdoc cref="Socket.NoDelay"/>
    public bool NoDelay
    {
        get => Client.NoDelay;
        set => Client.NoDelay = value;
    }

    /// <inheritdoc cref="Socket.LingerState"/>
    [DisallowNull]
    public LingerOption? LingerState
    {
        get => Client.LingerState;
        set => Client.LingerState = value;
    }

    /// <inheritdoc cref="Socket.ReceiveTimeout"/>
    public int ReceiveTimeout
    {
        get => Client.ReceiveTimeout;
        set => Client.ReceiveTimeout = value;
    }

    /// <inheritdoc cref="Socket.SendTimeout"/>
    public int SendTimeout
    {
        get => Client.SendTimeout;
        set => Client.SendTimeout = value;
    }

    /// <inheritdoc cref="Socket.ReceiveBufferSize"/>
    public int ReceiveBufferSize
    {
        get => Client.ReceiveBufferSize;
        set => Client.ReceiveBufferSize = value;
    }

    /// <inheritdoc cref="Socket.SendBufferSize"/>
    public int SendBufferSize
    {
        get => Client.SendBufferSize;
        set => Client.SendBufferSize = value;
    }

    /// <summary>Connects to one host and port.</summary>
    /// <exception cref="SocketException">It was not possible: <see cref="Socket.TryConnect(EndPoint, out SocketError)"/> of <see cref="Client"/> says so instead.</exception>
    public void Connect(IPEndPoint remoteEP) => Client.Connect(remoteEP);

    /// <inheritdoc cref="Connect(IPEndPoint)"/>
    public void Connect(IPAddress address, int port) => Client.Connect(address, port);

    /// <summary>Connects to one port of a host by its name.</summary>
    /// <exception cref="SocketException">It was not possible: <see cref="TryConnect"/> says so instead.</exception>
    public void Connect(string hostname, int port) => Client.Connect(hostname, port);

    /// <inheritdoc cref="Socket.TryConnect(string, int, out SocketError)"/>
    public bool TryConnect(string hostname, int port, out SocketError errorCode) => Client.TryConnect(hostname, port, out errorCode);

    /// <summary>The stream; closing it closes the connection.</summary>
    /// <exception cref="InvalidOperationException">There is no connection.</exception>
    public NetworkStream GetStream()
    {
        if (!Connected && _stream is null)
            throw new InvalidOperationException("not connected");
        return _stream ??= new NetworkStream(Client, ownsSocket: true);
    }

    /// <summary>Ends the connection.</summary>
    public void Close() => Dispose();

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Dispose(true);

    /// <inheritdoc cref="Close"/>
    protected virtual void Dispose(bool disposing)
    {
        if (_stream is null)
            Client.Close();
        else
            _stream.Close();
    }
}
