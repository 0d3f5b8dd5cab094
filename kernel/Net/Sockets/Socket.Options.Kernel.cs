using Guest.Core.Time;

namespace System.Net.Sockets;

/// <summary>Options.</summary>
public partial class Socket
{
    /// <summary>Whether short segments are sent at once, though earlier ones are not acknowledged.</summary>
    public bool NoDelay
    {
        get => Get(SocketOptionLevel.Tcp, SocketOptionName.NoDelay) != 0;
        set => SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay, value);
    }

    /// <summary>Bytes that may wait to be received. A stream's only: a datagram socket's queue has a length of its own.</summary>
    public int ReceiveBufferSize
    {
        get => Get(SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer);
        set => SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer, value);
    }

    /// <summary>Bytes of a stream that may wait to be delivered.</summary>
    public int SendBufferSize
    {
        get => Get(SocketOptionLevel.Socket, SocketOptionName.SendBuffer);
        set => SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.SendBuffer, value);
    }

    /// <summary>How closing treats what was not delivered.</summary>
    public LingerOption? LingerState
    {
        get => Transport.Linger is { } linger ? new LingerOption(true, (int)(linger.Milliseconds / 1000)) : new LingerOption(false, 0);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ArgumentOutOfRangeException.ThrowIfNegative(value.LingerTime);
            Transport.Linger = value.Enabled ? Duration.FromSeconds(value.LingerTime) : null;
        }
    }

    /// <summary>Sets an option.</summary>
    /// <exception cref="SocketException">The socket has no such option.</exception>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, int optionValue)
    {
        SocketTransport transport = Transport;
        switch (optionLevel, optionName)
        {
            case (SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout):
                ReceiveTimeout = optionValue;
                return;
            case (SocketOptionLevel.Socket, SocketOptionName.SendTimeout):
                SendTimeout = optionValue;
                return;
            case (SocketOptionLevel.Socket, SocketOptionName.ReuseAddress):
                return;
            case (SocketOptionLevel.IPv6, SocketOptionName.IPv6Only):
                DualMode = optionValue == 0;
                return;
        }

        SocketError error = transport.SetOption(optionLevel, optionName, optionValue);
        if (error != SocketError.Success)
            Throw(error);
    }

    /// <inheritdoc cref="SetSocketOption(SocketOptionLevel, SocketOptionName, int)"/>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, bool optionValue) =>
        SetSocketOption(optionLevel, optionName, optionValue ? 1 : 0);

    /// <summary>Reads an option; a new object each time.</summary>
    public object? GetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName) =>
        optionLevel == SocketOptionLevel.Socket && optionName == SocketOptionName.Linger ? LingerState : Get(optionLevel, optionName);

    private int Get(SocketOptionLevel level, SocketOptionName name)
    {
        SocketTransport transport = Transport;
        switch (level, name)
        {
            case (SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout):
                return _receiveTimeout;
            case (SocketOptionLevel.Socket, SocketOptionName.SendTimeout):
                return _sendTimeout;
            case (SocketOptionLevel.Socket, SocketOptionName.Type):
                return (int)transport.SocketType;
            case (SocketOptionLevel.IPv6, SocketOptionName.IPv6Only):
                return transport.IsDual ? 0 : 1;
        }

        SocketError error = transport.GetOption(level, name, out int value);
        if (error != SocketError.Success)
            Throw(error);
        return value;
    }
}
