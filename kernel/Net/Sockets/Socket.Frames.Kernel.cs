using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Whole Ethernet frames, by the BCL's <see cref="AddressFamily.Packet"/> and <see cref="SocketType.Raw"/>, with Linux's addresses (packet(7)).</summary>
/// <remarks>What is received begins with the Ethernet header and has no frame check sequence; what is sent leaves as it is. An address is a <c>sockaddr_ll</c> of 20 bytes in a
/// <see cref="SocketAddress"/>, for which the application has an <see cref="EndPoint"/> of its own. See docs/decisions/0070.</remarks>
public partial class Socket
{
    private EndPoint? _boundTo;

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
    private static PacketTransport OpenFrames(NetworkStack stack, SocketType socketType, ProtocolType protocolType)
    {
        if (socketType != SocketType.Raw)
            Throw(SocketError.SocketNotSupported);
        PacketTransport frames = new(stack.CreatePacketEndpoint());
        if (protocolType > 0)
            frames.Bind(new BigEndian16((ushort)protocolType).Value, interfaceIndex: 0);
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
        PacketTransport? frames = _transport as PacketTransport;
        if (frames is null)
            ThrowNoDatagrams();
        int length = Receive(buffer, socketFlags, out errorCode);
        if (length >= 0)
            receivedAddress.SetLink(in frames.Sender);
        return length;
    }

    private int SendFrame(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress, out SocketError errorCode)
    {
        PacketTransport? frames = _transport as PacketTransport;
        if (frames is null)
            ThrowNoDatagrams();
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        if (!socketAddress.TryGetLink(out LinkAddress link))
            Throw(SocketError.AddressFamilyNotSupported);
        errorCode = frames.Send(buffer, link.InterfaceIndex);
        return errorCode == SocketError.Success ? buffer.Length : Failed;
    }
}
