using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Whole Ethernet frames, by the BCL's <see cref="AddressFamily.Packet"/> and <see cref="SocketType.Raw"/>, with Linux's addresses (packet(7)).</summary>
/// <remarks>What is received begins with the Ethernet header and has no frame check sequence; what is sent leaves as it is. An address is a <c>sockaddr_ll</c> of 20 bytes in a
/// <see cref="SocketAddress"/>, for which the application has an <see cref="EndPoint"/> of its own. See docs/decisions/0070.</remarks>
public partial class Socket
{
    private EndPoint? _boundTo;

    // The endpoint for whole frames, too, for those calls that each frame passes.
    private PacketEndpoint? _frames;

    private PacketEndpoint Frames
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_frames is null)
                ThrowNoDatagrams();
            return _frames;
        }
    }

    /// <summary>Of a socket for frames, whether those that it receives are its alone: the stack does not see them. On Linux it changes nothing for such a socket.</summary>
    public bool ExclusiveAddressUse
    {
        get => Transport is PacketTransport { IsExclusive: true };
        set
        {
            if (Transport is not PacketTransport frames)
                Throw(SocketError.ProtocolOption);
            else
                frames.IsExclusive = value;
        }
    }

    // The protocol is an EtherType in transmission order; with one, the socket receives at once.
    private PacketTransport OpenFrames(NetworkStack stack, SocketType socketType, ProtocolType protocolType)
    {
        if (socketType != SocketType.Raw)
            Throw(SocketError.SocketNotSupported);
        PacketTransport frames = new(stack.CreatePacketEndpoint());
        if (protocolType > 0)
            frames.Bind(new BigEndian16((ushort)protocolType).Value, interfaceIndex: 0);
        _frames = frames.Frames;
        return frames;
    }

    private SocketError BindFrames(EndPoint localEP)
    {
        ArgumentNullException.ThrowIfNull(localEP);
        SocketAddress address = localEP.Serialize();
        if (!address.TryGetLink(out LinkAddress link))
            Throw(SocketError.AddressFamilyNotSupported);
        SocketError error = ((PacketTransport)Transport).Bind(link.RawEtherType.Value, link.InterfaceIndex);
        if (error == SocketError.Success)
            _boundTo = localEP;
        return error;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReceiveFrame(Span<byte> buffer, SocketFlags socketFlags, SocketAddress receivedAddress, out SocketError errorCode)
    {
        PacketEndpoint frames = Frames;
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        errorCode = frames.Pending == 0 ? WaitForFrame(frames) : SocketError.Success;
        return errorCode == SocketError.Success ? frames.Receive(buffer, ref receivedAddress.BecomeLink()) : Failed;
    }

    private SocketError WaitForFrame(PacketEndpoint frames)
    {
        if (!Blocking)
            return SocketError.WouldBlock;
        Instant deadline = DeadlineAfter(_receiveTimeout);
        do
        {
            bool inTime = frames.Readers.Wait(deadline);
            if (_frames != frames)
                return SocketError.OperationAborted;
            if (!inTime && frames.Pending == 0)
                return SocketError.TimedOut;
        }
        while (frames.Pending == 0);
        return SocketError.Success;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]

    private int SendFrame(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress, out SocketError errorCode)
    {
        PacketEndpoint frames = Frames;
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        if (!socketAddress.TryGetLink(out LinkAddress link))
            Throw(SocketError.AddressFamilyNotSupported);
        if (buffer.Length < EthernetHeader.Size)
        {
            errorCode = SocketError.InvalidArgument;
            return Failed;
        }

        SendStatus status = frames.Send(buffer, link.InterfaceIndex);
        errorCode = status == SendStatus.Sent ? SocketError.Success : PacketTransport.SendSlowly(frames, status, buffer, link.InterfaceIndex);
        return errorCode == SocketError.Success ? buffer.Length : Failed;
    }
}
