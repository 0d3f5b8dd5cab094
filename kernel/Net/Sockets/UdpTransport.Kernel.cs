using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>UDP.</summary>
internal sealed class UdpTransport(UdpEndpoint endpoint) : SocketTransport
{
    public override Endpoint Endpoint => endpoint;

    public override SocketType SocketType => SocketType.Dgram;

    public override ProtocolType ProtocolType => ProtocolType.Udp;

    public override bool IsConnected => endpoint.IsConnected;

    public override int Available => endpoint.NextLength;

    public override SocketError Bind(IpAddress address, ushort port)
    {
        endpoint.IsDual = IsDual;
        return ErrorOf(endpoint.Bind(address, port));
    }

    public override SocketError Connect(IpAddress address, ushort port)
    {
        SocketError error = endpoint.IsBound ? SocketError.Success : Bind(AnyAddress, 0);
        if (error == SocketError.Success)
            endpoint.Connect(address, port);
        return error;
    }

    public override SocketError Receive(Span<byte> destination, SocketFlags flags, out int length)
    {
        length = 0;
        if (flags != SocketFlags.None)
            return SocketError.OperationNotSupported;
        if (!endpoint.IsBound)
            throw new InvalidOperationException("bind the socket before receiving");
        if (!endpoint.TryReceive(destination, out UdpReceipt receipt))
            return SocketError.WouldBlock;
        length = receipt.Length;
        return SocketError.Success;
    }

    public override SocketError Send(ReadOnlySpan<byte> source, out int length)
    {
        if (!endpoint.IsConnected)
            Socket.Throw(SocketError.DestinationAddressRequired);
        BigEndian16 port = endpoint.RawRemotePort;
        SendStatus status = endpoint.Send(source, endpoint.RemoteAddress, port);
        if (status > SendStatus.Dropped)
            status = SendSlowly(endpoint, status, source, endpoint.RemoteAddress, port);
        length = source.Length;
        return ErrorOf(status);
    }

    // What the device or the network loses counts as sent, as it does where it is lost further on.
    public override bool IsLoss(SocketError error) => IsLost(error);

    /// <inheritdoc cref="IsLoss"/>
    public static bool IsLost(SocketError error) => error is SocketError.NetworkUnreachable or SocketError.NoBufferSpaceAvailable;

    public override SocketError GetOption(SocketOptionLevel level, SocketOptionName name, out int value)
    {
        bool isIp = level is SocketOptionLevel.IP or SocketOptionLevel.IPv6;
        value = name switch
        {
            SocketOptionName.Broadcast when level == SocketOptionLevel.Socket => endpoint.MayBroadcast ? 1 : 0,
            SocketOptionName.MulticastTimeToLive when isIp => endpoint.GroupHops,
            SocketOptionName.MulticastLoopback when isIp => 0,
            _ => -1,
        };
        return value >= 0 ? SocketError.Success : SocketError.ProtocolOption;
    }

    public override SocketError SetOption(SocketOptionLevel level, SocketOptionName name, int value)
    {
        bool isIp = level is SocketOptionLevel.IP or SocketOptionLevel.IPv6;
        switch (name)
        {
            case SocketOptionName.Broadcast when level == SocketOptionLevel.Socket:
                endpoint.MayBroadcast = value != 0;
                return SocketError.Success;
            case SocketOptionName.MulticastTimeToLive when isIp && value is >= 0 and <= byte.MaxValue:
                endpoint.GroupHops = value;
                return SocketError.Success;
            case SocketOptionName.MulticastLoopback when isIp && value == 0:
                return SocketError.Success;
            default:
                return SocketError.ProtocolOption;
        }
    }

    public override void Close() => endpoint.Close();

    /// <summary>What became of a datagram, for those who ask.</summary>
    public static SocketError ErrorOf(SendStatus status) => status switch
    {
        SendStatus.Sent => SocketError.Success,
        SendStatus.Dropped => SocketError.NetworkUnreachable,
        SendStatus.BroadcastRefused => SocketError.AccessDenied,
        _ => SocketError.NoBufferSpaceAvailable,
    };

    /// <summary>Sends what could not be sent at once: a full device is waited for, up to 100 ms.</summary>
    public static SendStatus SendSlowly(UdpEndpoint endpoint, SendStatus status, ReadOnlySpan<byte> buffer, IpAddress address, BigEndian16 port)
    {
        DevicePatience patience = DevicePatience.Begin();
        while (status == SendStatus.Busy && patience.TryWait())
            status = endpoint.Send(buffer, address, port);
        if (status == SendStatus.Busy)
            endpoint.GiveUpSending();
        if (status == SendStatus.TooLong)
            Socket.Throw(SocketError.MessageSize);
        return status;
    }
}
