using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>One end of a TCP connection, or what may become one, or a listener.</summary>
internal sealed class TcpTransport : SocketTransport
{
    private TcpEndpoint _endpoint;

    // The address and port that the socket was bound to, while it is not known yet whether it will listen or connect.
    private TcpListenEndpoint? _claim;

    // What did not get its address, for the next try.
    private TcpListenEndpoint? _unbound;

    // The address and port that the socket was bound to when it began to connect; port 0 if it was not.
    private IpAddress _boundAddress;
    private ushort _boundPort;

    // Whether there is a connection, or was one, or one was tried.
    private bool _hasBegun;

    /// <summary>Makes one that is not connected.</summary>
    public TcpTransport(TcpEndpoint endpoint) => _endpoint = endpoint;

    public override Endpoint Endpoint => _claim is null ? _endpoint : _claim;

    public override SocketType SocketType => SocketType.Stream;

    public override ProtocolType ProtocolType => ProtocolType.Tcp;

    public override bool IsConnected => _endpoint.IsEstablished;

    public override int Available => _endpoint.Available;

    public override Duration? Linger
    {
        get => _endpoint.Linger;
        set => _endpoint.Linger = value;
    }

    /// <summary>Takes over a connection that was accepted; the one before, if there was one, is closed.</summary>
    public void Begin(TcpEndpoint endpoint)
    {
        _endpoint = endpoint;
        _hasBegun = true;
    }

    public override SocketError Bind(IpAddress address, ushort port)
    {
        TcpListenEndpoint listener = _unbound ?? NetworkStack.Current!.CreateTcpListenEndpoint();
        listener.IsDual = IsDual;
        SocketError error = ErrorOf(listener.Bind(address, port));
        _claim = error == SocketError.Success ? listener : null;
        _unbound = error == SocketError.Success ? null : listener;
        return error;
    }

    public override SocketTransport? Listen(int backlog, out SocketError error)
    {
        error = SocketError.IsConnected;
        if (_hasBegun)
            return null;
        error = _claim is null ? Bind(AnyAddress, 0) : SocketError.Success;
        if (_claim is not { } listener)
            return null;
        listener.SendBufferSize = _endpoint.SendBufferSize;
        listener.ReceiveBufferSize = _endpoint.ReceiveBufferSize;
        listener.Listen(backlog);
        _endpoint.Close();
        return new TcpListenTransport(listener) { AnyAddress = AnyAddress, IsDual = IsDual };
    }

    public override SocketError Connect(IpAddress address, ushort port)
    {
        switch (_endpoint.State)
        {
            case TcpState.SynSent or TcpState.SynReceived:
                return SocketError.WouldBlock;
            case TcpState.Closed when !_hasBegun:
                return Open(address, port);
            case TcpState.Closed when _endpoint.Error != TcpError.None:
                return ErrorOf(_endpoint.Error);
            default:
                return SocketError.IsConnected;
        }
    }

    public override SocketError ConnectResult()
    {
        if (_endpoint.Error != TcpError.None)
            return ErrorOf(_endpoint.Error);
        return _endpoint.State is TcpState.SynSent or TcpState.SynReceived ? SocketError.WouldBlock : SocketError.Success;
    }

    public override SocketError BeginAnew()
    {
        TcpEndpoint failed = _endpoint;
        _endpoint = NetworkStack.Current!.CreateTcpEndpoint();
        _endpoint.TakeOptions(failed);
        _hasBegun = false;
        failed.Close();
        return _boundPort == 0 ? SocketError.Success : ErrorOf(_endpoint.Bind(_boundAddress, _boundPort));
    }

    public override SocketError Receive(Span<byte> destination, SocketFlags flags, out int length)
    {
        length = 0;
        if ((flags & ~SocketFlags.Peek) != 0)
            return SocketError.OperationNotSupported;
        length = flags == SocketFlags.Peek ? _endpoint.Peek(destination) : _endpoint.Receive(destination);
        if (length != 0 || destination.IsEmpty)
            return SocketError.Success;
        if (_endpoint.Error != TcpError.None)
            return ErrorOf(_endpoint.Error);
        if (!_hasBegun)
            return SocketError.NotConnected;
        return _endpoint.IsAtEnd ? SocketError.Success : SocketError.WouldBlock;
    }

    public override SocketError Send(ReadOnlySpan<byte> source, out int length)
    {
        length = _endpoint.Send(source);
        if (length != 0 || source.IsEmpty)
            return SocketError.Success;
        if (_endpoint.Error != TcpError.None)
            return ErrorOf(_endpoint.Error);
        if (!_hasBegun)
            return SocketError.NotConnected;
        return _endpoint.CanSend || _endpoint.State is TcpState.SynSent or TcpState.SynReceived ? SocketError.WouldBlock : SocketError.Shutdown;
    }

    public override SocketError Shutdown(SocketShutdown how)
    {
        if (!_endpoint.IsEstablished)
            return _endpoint.Error != TcpError.None ? ErrorOf(_endpoint.Error) : SocketError.NotConnected;
        if (how != SocketShutdown.Receive)
            _endpoint.ShutdownSend();
        if (how != SocketShutdown.Send)
            _endpoint.ShutdownReceive();
        return SocketError.Success;
    }

    public override SocketError GetOption(SocketOptionLevel level, SocketOptionName name, out int value)
    {
        value = (level, name) switch
        {
            (SocketOptionLevel.Socket, SocketOptionName.Error) => _endpoint.Error == TcpError.None ? 0 : (int)ErrorOf(_endpoint.Error),
            (SocketOptionLevel.Socket, SocketOptionName.KeepAlive) => _endpoint.KeepAlive ? 1 : 0,
            (SocketOptionLevel.Socket, SocketOptionName.SendBuffer) => _endpoint.SendBufferSize,
            (SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer) => _endpoint.ReceiveBufferSize,
            (SocketOptionLevel.Tcp, SocketOptionName.NoDelay) => _endpoint.NoDelay ? 1 : 0,
            (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime) => SecondsOf(_endpoint.KeepAliveIdle),
            (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval) => SecondsOf(_endpoint.KeepAliveInterval),
            (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount) => _endpoint.KeepAliveProbes,
            _ => -1,
        };
        return value >= 0 ? SocketError.Success : SocketError.ProtocolOption;
    }

    public override SocketError SetOption(SocketOptionLevel level, SocketOptionName name, int value)
    {
        switch (level, name)
        {
            case (SocketOptionLevel.Socket, SocketOptionName.KeepAlive):
                _endpoint.KeepAlive = value != 0;
                return SocketError.Success;
            case (SocketOptionLevel.Tcp, SocketOptionName.NoDelay):
                _endpoint.NoDelay = value != 0;
                return SocketError.Success;
            case (SocketOptionLevel.Socket, SocketOptionName.SendBuffer) when value > 0:
                _endpoint.SendBufferSize = value;
                return SocketError.Success;
            case (SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer) when value > 0:
                _endpoint.ReceiveBufferSize = value;
                return SocketError.Success;
            case (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime) when value > 0:
                _endpoint.KeepAliveIdle = Duration.FromSeconds(value);
                return SocketError.Success;
            case (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval) when value > 0:
                _endpoint.KeepAliveInterval = Duration.FromSeconds(value);
                return SocketError.Success;
            case (SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount) when value > 0:
                _endpoint.KeepAliveProbes = value;
                return SocketError.Success;
            default:
                return SocketError.ProtocolOption;
        }
    }

    public override void Close()
    {
        EndClaim();
        _endpoint.WakeAll();
        _endpoint.Close();
    }

    private SocketError Open(IpAddress address, ushort port)
    {
        if (_claim is { } claim)
        {
            (_boundAddress, _boundPort) = (claim.LocalAddress, claim.LocalPort);
            EndClaim();
            SocketError bound = ErrorOf(_endpoint.Bind(_boundAddress, _boundPort));
            if (bound != SocketError.Success)
                return bound;
        }

        TcpError error = _endpoint.Connect(address, port);
        _hasBegun = error == TcpError.None;
        return _hasBegun ? SocketError.WouldBlock : ErrorOf(error);
    }

    private void EndClaim()
    {
        _claim?.Close();
        _claim = null;
    }

    private static int SecondsOf(Duration duration) => (int)(duration.Milliseconds / 1000);

    private static SocketError ErrorOf(TcpError error) => error switch
    {
        TcpError.None => SocketError.Success,
        TcpError.Refused => SocketError.ConnectionRefused,
        TcpError.Reset => SocketError.ConnectionReset,
        TcpError.TimedOut => SocketError.TimedOut,
        TcpError.Unreachable => SocketError.NetworkUnreachable,
        TcpError.AddressUnavailable => SocketError.AddressNotAvailable,
        TcpError.NoMemory => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.ConnectionAborted,
    };
}
