using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>A UDP socket over IPv4, with the BCL's calls and their meaning.</summary>
/// <remarks>
/// It waits as any thread of the kernel waits: others run, and the devices are served. What the BCL throws for because of the network (no
/// route, no buffer, link down) is a lost datagram here, counted under a <see cref="DropCause"/>: a throw is a panic, and no peer may
/// cause one. Sending waits up to 100 ms for a full device, then loses the datagram too. A time-out makes a call return -1; those calls that
/// can fail have a form that returns the <see cref="SocketError"/>.
/// </remarks>
public partial class Socket : IDisposable
{
    private static readonly Duration s_retry = Duration.FromMicroseconds(50);
    private static readonly Duration s_patience = Duration.FromMilliseconds(100);

    private UdpEndpoint? _endpoint;
    private int _receiveTimeout;

    /// <summary>Makes a socket.</summary>
    /// <exception cref="SocketException">It is not to be UDP over IPv4, or Boot found no network device.</exception>
    public Socket(AddressFamily addressFamily, SocketType socketType, ProtocolType protocolType)
    {
        if (addressFamily != AddressFamily.InterNetwork)
            Throw(SocketError.AddressFamilyNotSupported);
        if (socketType != SocketType.Dgram)
            Throw(SocketError.SocketNotSupported);
        if (protocolType is not (ProtocolType.Udp or ProtocolType.Unspecified))
            Throw(SocketError.ProtocolNotSupported);
        if (NetworkStack.Current is null)
            Throw(SocketError.NetworkDown);
        _endpoint = NetworkStack.Current.CreateUdpEndpoint();
    }

    /// <summary>Whether IPv4 sockets can be made.</summary>
    public static bool OSSupportsIPv4 => true;

    /// <summary>Whether IPv6 sockets can be made.</summary>
    public static bool OSSupportsIPv6 => false;

    /// <summary>The kind of its addresses.</summary>
    public AddressFamily AddressFamily => AddressFamily.InterNetwork;

    /// <summary>What it carries.</summary>
    public SocketType SocketType => SocketType.Dgram;

    /// <summary>What it speaks.</summary>
    public ProtocolType ProtocolType => ProtocolType.Udp;

    /// <summary>Whether receiving waits for an arrival; else it fails with <see cref="SocketError.WouldBlock"/> where none is there.</summary>
    public bool Blocking { get; set; } = true;

    /// <summary>Whether broadcasts may be sent.</summary>
    public bool EnableBroadcast
    {
        get => Endpoint.MayBroadcast;
        set => Endpoint.MayBroadcast = value;
    }

    /// <summary>How long receiving waits, in milliseconds, before it fails with <see cref="SocketError.TimedOut"/>; 0 or -1 for ever.</summary>
    public int ReceiveTimeout
    {
        get => _receiveTimeout;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, -1);
            _receiveTimeout = value == -1 ? 0 : value;
        }
    }

    /// <summary>Bytes in the datagram that is received next; 0 if none is there, or an empty one.</summary>
    public int Available => Endpoint.NextLength;

    /// <summary>Whether <see cref="Bind"/>, or a call that binds by itself, was made.</summary>
    public bool IsBound => Endpoint.LocalPort != 0;

    /// <summary>Whether <see cref="Connect(EndPoint)"/> was called.</summary>
    public bool Connected => _endpoint is { IsConnected: true };

    /// <summary>The address and port that it is bound to; null if it is not.</summary>
    public EndPoint? LocalEndPoint => IsBound ? new IPEndPoint(new IPAddress(Endpoint.LocalAddress), Endpoint.LocalPort) : null;

    /// <summary>The address and port that it is connected to; null if it is not.</summary>
    public EndPoint? RemoteEndPoint => Connected ? new IPEndPoint(new IPAddress(Endpoint.RemoteAddress), Endpoint.RemotePort) : null;

    private UdpEndpoint Endpoint
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_endpoint is null)
                ThrowDisposed();
            return _endpoint;
        }
    }

    /// <summary>Takes an address and a port of this host.</summary>
    public void Bind(EndPoint localEP)
    {
        (IpAddress address, ushort port) = Read(localEP);
        if (IsBound)
            throw new InvalidOperationException("the socket is bound already");
        Bind(address, port);
    }

    /// <summary>Takes an address and a port of this host, if it has them: an address that a DHCP server gives may not be there yet.</summary>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public void Bind(EndPoint localEP, out SocketError errorCode)
    {
        (IpAddress address, ushort port) = Read(localEP);
        if (IsBound)
            throw new InvalidOperationException("the socket is bound already");
        errorCode = TryBind(address, port);
    }

    /// <summary>Sends to, and receives from, one host and port alone from now on.</summary>
    public void Connect(EndPoint remoteEP)
    {
        (IpAddress address, ushort port) = Read(remoteEP);
        BindIfNeeded();
        Endpoint.Connect(address, port);
    }

    /// <inheritdoc cref="Connect(EndPoint)"/>
    public void Connect(IPAddress address, int port) => Connect(new IPEndPoint(address, port));

    /// <summary>Gives the port back; threads that wait for an arrival get an <see cref="ObjectDisposedException"/>.</summary>
    public void Close() => Dispose();

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Dispose(true);

    /// <inheritdoc cref="Close"/>
    protected virtual void Dispose(bool disposing)
    {
        UdpEndpoint? endpoint = _endpoint;
        _endpoint = null;
        endpoint?.Close();
    }

    private void BindIfNeeded()
    {
        if (!IsBound)
            Bind(IpAddress.AnyIpv4, 0);
    }

    private void Bind(IpAddress address, ushort port)
    {
        SocketError error = TryBind(address, port);
        if (error != SocketError.Success)
            Throw(error);
    }

    private SocketError TryBind(IpAddress address, ushort port) => Endpoint.Bind(address, port) switch
    {
        BindStatus.Bound => SocketError.Success,
        BindStatus.InUse => SocketError.AddressAlreadyInUse,
        _ => SocketError.AddressNotAvailable,
    };

    private static (IpAddress Address, ushort Port) Read(EndPoint? endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip)
        {
            Throw(SocketError.AddressFamilyNotSupported);
            return default;
        }

        return (ip.Address.Value, (ushort)ip.Port);
    }

    private void ThrowIfDisposed()
    {
        if (_endpoint is null)
            ThrowDisposed();
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Socket));

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Throw(SocketError error) => throw new SocketException((int)error);
}
