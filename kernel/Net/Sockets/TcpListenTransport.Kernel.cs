using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>A TCP port on which others open connections.</summary>
internal sealed class TcpListenTransport(TcpListenEndpoint listener) : SocketTransport
{
    private AcceptedSockets? _sockets;

    public override Endpoint Endpoint => listener;

    public override SocketType SocketType => SocketType.Stream;

    public override ProtocolType ProtocolType => ProtocolType.Tcp;

    public override bool IsConnected => false;

    public override int Available => 0;

    public override SocketError Bind(IpAddress address, ushort port) => SocketError.AddressAlreadyInUse;

    public override SocketError Connect(IpAddress address, ushort port) => SocketError.OperationNotSupported;

    public override SocketTransport Listen(int backlog, out SocketError error)
    {
        error = SocketError.Success;
        listener.Listen(backlog);
        return this;
    }

    public override SocketError Accept(out Socket? accepted)
    {
        accepted = listener.TryAccept() is { } connection ? (_sockets ??= new AcceptedSockets(AnyAddress)).Take(connection) : null;
        return accepted is null ? SocketError.WouldBlock : SocketError.Success;
    }

    public override SocketError Receive(Span<byte> destination, SocketFlags flags, out int length)
    {
        length = 0;
        return SocketError.NotConnected;
    }

    public override SocketError Send(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        return SocketError.NotConnected;
    }

    public override SocketError Shutdown(SocketShutdown how) => SocketError.NotConnected;

    public override SocketError GetOption(SocketOptionLevel level, SocketOptionName name, out int value)
    {
        value = name switch
        {
            SocketOptionName.SendBuffer => listener.SendBufferSize,
            SocketOptionName.ReceiveBuffer => listener.ReceiveBufferSize,
            SocketOptionName.Error => 0,
            _ => -1,
        };
        return level == SocketOptionLevel.Socket && value >= 0 ? SocketError.Success : SocketError.ProtocolOption;
    }

    public override SocketError SetOption(SocketOptionLevel level, SocketOptionName name, int value)
    {
        if (level != SocketOptionLevel.Socket || value <= 0 || name is not (SocketOptionName.SendBuffer or SocketOptionName.ReceiveBuffer))
            return SocketError.ProtocolOption;
        if (name == SocketOptionName.SendBuffer)
            listener.SendBufferSize = value;
        else
            listener.ReceiveBufferSize = value;
        return SocketError.Success;
    }

    public override void Close()
    {
        listener.WakeAll();
        listener.Close();
    }
}
