namespace System.Net.Sockets;

/// <summary>A TCP port on which others open connections.</summary>
public class TcpListener : IDisposable
{
    private readonly IPEndPoint _local;
    private bool _isDual;

    /// <summary>Makes one that does not listen yet.</summary>
    public TcpListener(IPEndPoint localEP)
    {
        ArgumentNullException.ThrowIfNull(localEP);
        _local = localEP;
        Server = NewSocket();
    }

    /// <inheritdoc cref="TcpListener(IPEndPoint)"/>
    public TcpListener(IPAddress localaddr, int port)
        : this(new IPEndPoint(localaddr, port))
    {
    }

    /// <summary>The socket.</summary>
    public Socket Server { get; private set; }

    /// <summary>Where it listens.</summary>
    public EndPoint LocalEndpoint => Active ? Server.LocalEndPoint! : _local;

    /// <summary>Whether it listens.</summary>
    protected bool Active { get; private set; }

    /// <summary>Makes one for all of the host's addresses, of either version of IP.</summary>
    public static TcpListener Create(int port)
    {
        TcpListener listener = new(IPAddress.IPv6Any, port) { _isDual = true };
        listener.Server.DualMode = true;
        return listener;
    }

    /// <summary>Lets others connect.</summary>
    public void Start() => Start(int.MaxValue);

    /// <summary>Lets others connect.</summary>
    /// <param name="backlog">How many may wait to be accepted.</param>
    public void Start(int backlog)
    {
        if (Active)
            return;
        Server.Bind(_local);
        Server.Listen(backlog);
        Active = true;
    }

    /// <summary>Lets nobody connect any more; it may be started again.</summary>
    public void Stop()
    {
        Server.Close();
        Active = false;
        Server = NewSocket();
        if (_isDual)
            Server.DualMode = true;
    }

    /// <summary>Whether a connection waits.</summary>
    public bool Pending() => Listening().Poll(0, SelectMode.SelectRead);

    /// <summary>Takes a connection that came, waiting until one does.</summary>
    public Socket AcceptSocket() => Listening().Accept();

    /// <inheritdoc cref="AcceptSocket"/>
    public TcpClient AcceptTcpClient() => new(AcceptSocket());

    /// <inheritdoc cref="Stop"/>
    public void Dispose()
    {
        Server.Close();
        Active = false;
    }

    private Socket NewSocket() => new(_local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    private Socket Listening() => Active ? Server : throw new InvalidOperationException("start the listener first");
}
