using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Whole Ethernet frames, as Linux's packet(7) has them.</summary>
internal sealed class PacketTransport(PacketEndpoint endpoint) : SocketTransport
{
    public override Endpoint Endpoint => endpoint;

    public override SocketType SocketType => SocketType.Raw;

    public override ProtocolType ProtocolType => (ProtocolType)BigEndian16.From(endpoint.EtherType).Raw;

    public override bool IsConnected => false;

    public override int Available => endpoint.NextLength;

    /// <summary>The same, for those calls that each frame passes.</summary>
    public PacketEndpoint Frames => endpoint;

    /// <summary>Whether the stack does not see what the socket receives.</summary>
    public bool IsExclusive
    {
        get => endpoint.IsExclusive;
        set => endpoint.IsExclusive = value;
    }

    /// <summary>Receives frames of an EtherType, by one interface or all; 0 for the type that the socket was made for.</summary>
    public SocketError Bind(ushort etherType, int interfaceIndex) =>
        endpoint.TryBind(etherType == 0 ? endpoint.EtherType : etherType, interfaceIndex) ? SocketError.Success : SocketError.AddressNotAvailable;

    public override SocketError Bind(IpAddress address, ushort port) => SocketError.AddressFamilyNotSupported;

    public override SocketError Connect(IpAddress address, ushort port) => SocketError.OperationNotSupported;

    public override SocketError Receive(Span<byte> destination, SocketFlags flags, out int length)
    {
        if (flags == SocketFlags.None)
            return endpoint.TryReceive(destination, out length, out _) ? SocketError.Success : SocketError.WouldBlock;
        length = 0;
        return SocketError.OperationNotSupported;
    }

    public override SocketError Send(ReadOnlySpan<byte> source, out int length)
    {
        length = source.Length;
        return endpoint.InterfaceIndex == 0 ? SocketError.DestinationAddressRequired : Send(source, endpoint.InterfaceIndex);
    }

    /// <summary>Sends a frame by an interface.</summary>
    public SocketError Send(ReadOnlySpan<byte> frame, int interfaceIndex)
    {
        if (frame.Length < EthernetHeader.Size)
            return SocketError.InvalidArgument;
        SendStatus status = endpoint.Send(frame, interfaceIndex);
        return status == SendStatus.Sent ? SocketError.Success : SendSlowly(endpoint, status, frame, interfaceIndex);
    }

    public override bool IsLoss(SocketError error) => UdpTransport.IsLost(error);

    public override void Close() => endpoint.Close();

    /// <summary>Sends what could not be sent at once, if it ever can: a full device is waited for.</summary>
    public static SocketError SendSlowly(PacketEndpoint endpoint, SendStatus status, ReadOnlySpan<byte> frame, int interfaceIndex)
    {
        DevicePatience patience = DevicePatience.Begin();
        while (status == SendStatus.Busy && patience.TryWait())
            status = endpoint.Send(frame, interfaceIndex);
        if (status == SendStatus.Busy)
            endpoint.GiveUpSending();
        return status == SendStatus.TooLong ? SocketError.MessageSize : UdpTransport.ErrorOf(status);
    }
}
