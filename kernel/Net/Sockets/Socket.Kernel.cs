using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>A socket over either version of IP, UDP's or TCP's, or of whole frames, with the BCL's calls and their meaning.</summary>
/// <remarks>
/// It waits as any thread of the kernel waits: others run, and the devices are served. A throw is a panic, and neither a peer nor the network nor the clock
/// may cause one. So each call that can fail because of them has a form that returns the <see cref="SocketError"/>: the BCL's, or one named <c>Try...</c> where the
/// BCL only throws. Sending and receiving without one return -1 where the BCL throws.
/// <para>A datagram that the network loses (no route, no buffer, link down) counts as sent where nobody asks, under a <see cref="DropCause"/>. Memory is never collected:
/// a socket that <see cref="Accept"/> returned serves another connection some time after it was closed, and is not used any more then.</para>
/// </remarks>
public partial class Socket : IDisposable
{
    private const int Failed = -1;

    // UDP's own endpoint, too, for those calls that each datagram passes.
    private UdpEndpoint? _datagrams;
    private SocketTransport? _transport;
    private readonly bool _isIpv6;

    // Raised when the socket is closed: who waited finds that it was, though another connection may have it by then.
    private int _closings;
    private int _receiveTimeout;
    private int _sendTimeout;

    /// <summary>Makes a socket.</summary>
    /// <remarks>One of IPv6 takes IPv6 alone, as in the BCL, until <see cref="DualMode"/> is set.</remarks>
    /// <exception cref="SocketException">It is not to be UDP or TCP over IP, nor whole frames, or Boot found no network device.</exception>
    public Socket(AddressFamily addressFamily, SocketType socketType, ProtocolType protocolType)
    {
        if (addressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 or AddressFamily.Packet))
            Throw(SocketError.AddressFamilyNotSupported);
        _isIpv6 = addressFamily == AddressFamily.InterNetworkV6;
        IpAddress any = _isIpv6 ? default : IpAddress.AnyIpv4;
        if (NetworkStack.Current is not { } stack)
            Throw(SocketError.NetworkDown);
        else if (addressFamily == AddressFamily.Packet)
            _transport = OpenFrames(stack, socketType, protocolType);
        else if ((socketType, protocolType) is (SocketType.Dgram, ProtocolType.Udp or ProtocolType.Unspecified))
            _transport = new UdpTransport(_datagrams = stack.CreateUdpEndpoint()) { AnyAddress = any };
        else if ((socketType, protocolType) is (SocketType.Stream, ProtocolType.Tcp or ProtocolType.Unspecified))
            _transport = new TcpTransport(stack.CreateTcpEndpoint()) { AnyAddress = any };
        else
            Throw(socketType is SocketType.Dgram or SocketType.Stream ? SocketError.ProtocolNotSupported : SocketError.SocketNotSupported);
    }

    /// <summary>Makes a socket of IPv6 that takes IPv4 too.</summary>
    public Socket(SocketType socketType, ProtocolType protocolType)
        : this(AddressFamily.InterNetworkV6, socketType, protocolType) => DualMode = true;

    /// <summary>Whether IPv4 sockets can be made.</summary>
    public static bool OSSupportsIPv4 => true;

    /// <summary>Whether IPv6 sockets can be made.</summary>
    public static bool OSSupportsIPv6 => true;

    /// <summary>The kind of its addresses.</summary>
    public AddressFamily AddressFamily
    {
        get
        {
            if (_transport is PacketTransport)
                return AddressFamily.Packet;
            return _isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        }
    }

    /// <summary>Whether a socket of IPv6 takes IPv4 too, whose addresses it has in the form ::ffff:a.b.c.d; to be set before it is bound.</summary>
    public bool DualMode
    {
        get => Transport.IsDual;
        set
        {
            if (!_isIpv6)
                throw new NotSupportedException("the socket is not of IPv6");
            if (IsBound)
                Throw(SocketError.InvalidArgument);
            Transport.IsDual = value;
        }
    }

    /// <summary>What it carries.</summary>
    public SocketType SocketType => Transport.SocketType;

    /// <summary>What it speaks.</summary>
    public ProtocolType ProtocolType => Transport.ProtocolType;

    /// <summary>Whether calls wait for what they need; else they fail with <see cref="SocketError.WouldBlock"/> where it is not there.</summary>
    public bool Blocking { get; set; } = true;

    /// <summary>Bytes that can be received at once: of the next datagram, or of the stream.</summary>
    public int Available => Transport.Available;

    /// <summary>Whether <see cref="Bind(EndPoint)"/>, or a call that binds by itself, was made.</summary>
    public bool IsBound => Transport.Endpoint.IsBound || _boundTo is not null;

    /// <summary>Whether there is another end: now, not as of the last call.</summary>
    public bool Connected => _transport is { IsConnected: true };

    /// <summary>The address and port that it is bound to; null if it is not. A new object each time, or what a socket for frames was bound to.</summary>
    public EndPoint? LocalEndPoint => !IsBound ? null : _boundTo ?? new IPEndPoint(new IPAddress(Transport.Endpoint.LocalAddress, _isIpv6), Transport.Endpoint.LocalPort);

    /// <summary>The address and port that it is connected to; null if it is not. A new object each time.</summary>
    public EndPoint? RemoteEndPoint => Connected ? new IPEndPoint(new IPAddress(Transport.Endpoint.RemoteAddress, _isIpv6), Transport.Endpoint.RemotePort) : null;

    private SocketTransport Transport
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_transport is null)
                ThrowDisposed();
            return _transport;
        }
    }

    /// <summary>Takes an address and a port of this host.</summary>
    public void Bind(EndPoint localEP)
    {
        Bind(localEP, out SocketError error);
        if (error != SocketError.Success)
            Throw(error);
    }

    /// <summary>Takes an address and a port of this host, if it has them: an address that a DHCP server gives may not be there yet.</summary>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public void Bind(EndPoint localEP, out SocketError errorCode)
    {
        if (_transport is PacketTransport)
        {
            errorCode = BindFrames(localEP);
            return;
        }

        (IpAddress address, ushort port) = Read(localEP);
        if (IsBound)
            throw new InvalidOperationException("the socket is bound already");
        errorCode = Transport.Bind(address, port);
    }

    /// <summary>Gives the port back and ends what is open; threads that wait get <see cref="SocketError.OperationAborted"/>.</summary>
    public void Close() => Dispose();

    /// <inheritdoc cref="Close()"/>
    public void Dispose() => Dispose(true);

    /// <inheritdoc cref="Close()"/>
    protected virtual void Dispose(bool disposing)
    {
        if (_transport is not { } transport)
            return;
        _transport = null;
        _datagrams = null;
        _frames = null;
        _closings++;
        _polled?.End();
        transport.Close();
        _siblings?.Return(this);
    }

    // A socket for both takes IPv4 addresses in either form; 0.0.0.0 is then IPv4's alone.
    private (IpAddress Address, ushort Port) Read(EndPoint? endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not IPEndPoint ip || (ip.AddressFamily != AddressFamily && !DualMode))
        {
            Throw(SocketError.AddressFamilyNotSupported);
            return default;
        }

        return (ip.Address.Value, (ushort)ip.Port);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Instant DeadlineAfter(int milliseconds) => milliseconds == 0 ? Instant.Never : ReadDeadline(milliseconds);

    private static Instant ReadDeadline(int milliseconds) => Platform.Current.Now + Duration.FromMilliseconds(milliseconds);

    [DoesNotReturn]
    private static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Socket));

    [DoesNotReturn]
    internal static void Throw(SocketError error) => throw new SocketException((int)error);
}
