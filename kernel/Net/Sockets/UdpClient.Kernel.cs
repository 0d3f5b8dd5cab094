namespace System.Net.Sockets;

/// <summary>A UDP socket whose datagrams are arrays. Each that is received takes memory that does not come back: who serves many uses <see cref="Socket"/>.</summary>
public class UdpClient : IDisposable
{
    private const int LongestDatagram = 65_507;

    private byte[]? _buffer;

    /// <summary>Makes one that is not bound.</summary>
    public UdpClient()
        : this(AddressFamily.InterNetwork)
    {
    }

    /// <summary>Makes one that is not bound.</summary>
    public UdpClient(AddressFamily family) => Client = new Socket(family, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Makes one that is bound to a port of this host.</summary>
    public UdpClient(int port)
        : this(new IPEndPoint(IPAddress.Any, port))
    {
    }

    /// <summary>Makes one that is bound to an address and a port of this host.</summary>
    public UdpClient(IPEndPoint localEP)
        : this(localEP.AddressFamily) => Client.Bind(localEP);

    /// <summary>The socket.</summary>
    public Socket Client { get; set; }

    /// <summary>Bytes in the datagram that is received next.</summary>
    public int Available => Client.Available;

    /// <inheritdoc cref="Socket.EnableBroadcast"/>
    public bool EnableBroadcast
    {
        get => Client.EnableBroadcast;
        set => Client.EnableBroadcast = value;
    }

    /// <summary>Whether what is sent to a group comes back to this machine: it does not, and this can be set to nothing else.</summary>
    public bool MulticastLoopback
    {
        get => false;
        set => Client.SetSocketOption(Level, SocketOptionName.MulticastLoopback, value);
    }

    private SocketOptionLevel Level => Client.AddressFamily == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;

    /// <summary>Joins a group, and gets what is sent to it.</summary>
    /// <exception cref="SocketException">It was not possible: <see cref="Socket.TrySetSocketOption"/> of <see cref="Client"/> says so instead.</exception>
    public void JoinMulticastGroup(IPAddress multicastAddr) => SetMembership(SocketOptionName.AddMembership, multicastAddr);

    /// <summary>Joins a group, and says how many hops what is sent to groups may take.</summary>
    /// <inheritdoc cref="JoinMulticastGroup(IPAddress)"/>
    public void JoinMulticastGroup(IPAddress multicastAddr, int timeToLive)
    {
        JoinMulticastGroup(multicastAddr);
        Client.SetSocketOption(Level, SocketOptionName.MulticastTimeToLive, timeToLive);
    }

    /// <summary>Leaves a group.</summary>
    /// <exception cref="SocketException">It is not in the group.</exception>
    public void DropMulticastGroup(IPAddress multicastAddr) => SetMembership(SocketOptionName.DropMembership, multicastAddr);

    private void SetMembership(SocketOptionName name, IPAddress group)
    {
        if (group.AddressFamily == AddressFamily.InterNetworkV6)
            Client.SetSocketOption(SocketOptionLevel.IPv6, name, new IPv6MulticastOption(group));
        else
            Client.SetSocketOption(SocketOptionLevel.IP, name, new MulticastOption(group));
    }

    /// <summary>Sends to, and receives from, one host and port alone from now on.</summary>
    public void Connect(IPEndPoint endPoint) => Client.Connect(endPoint);

    /// <inheritdoc cref="Connect(IPEndPoint)"/>
    public void Connect(IPAddress addr, int port) => Client.Connect(addr, port);

    /// <summary>Sends to, and receives from, one port alone of a host by its name, which has an address of the socket's family.</summary>
    /// <exception cref="SocketException">No address was found: <see cref="TryConnect"/> says so instead.</exception>
    public void Connect(string hostname, int port) => Client.Connect(hostname, port);

    /// <inheritdoc cref="Socket.TryConnect(string, int, out SocketError)"/>
    public bool TryConnect(string hostname, int port, out SocketError errorCode) => Client.TryConnect(hostname, port, out errorCode);

    /// <summary>Sends a datagram to the host that it is connected to.</summary>
    public int Send(ReadOnlySpan<byte> datagram) => Client.Send(datagram);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] dgram, int bytes) => Client.Send(new ReadOnlySpan<byte>(dgram, 0, bytes));

    /// <summary>Sends a datagram.</summary>
    /// <param name="datagram">What it carries.</param>
    /// <param name="endPoint">Where to; null for the host that it is connected to.</param>
    public int Send(ReadOnlySpan<byte> datagram, IPEndPoint? endPoint) => endPoint is null ? Send(datagram) : Client.SendTo(datagram, endPoint);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte}, IPEndPoint)"/>
    public int Send(byte[] dgram, int bytes, IPEndPoint? endPoint) => Send(new ReadOnlySpan<byte>(dgram, 0, bytes), endPoint);

    /// <summary>Receives a datagram.</summary>
    /// <param name="remoteEP">Becomes who sent it.</param>
    /// <returns>What it carries; nothing if none came in time.</returns>
    public byte[] Receive(ref IPEndPoint? remoteEP)
    {
        _buffer ??= new byte[LongestDatagram];
        EndPoint sender = remoteEP ?? new IPEndPoint(IPAddress.Any, 0);
        int length = Client.ReceiveFrom(_buffer, ref sender);
        remoteEP = (IPEndPoint)sender;
        return _buffer.AsSpan(0, Math.Max(length, 0)).ToArray();
    }

    /// <summary>Gives the port back.</summary>
    public void Close() => Dispose();

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Dispose(true);

    /// <inheritdoc cref="Close"/>
    protected virtual void Dispose(bool disposing) => Client.Close();
}
