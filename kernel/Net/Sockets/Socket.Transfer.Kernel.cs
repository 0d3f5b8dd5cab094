using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Sending and receiving.</summary>
/// <remarks>Each comes in two forms. The one with an <c>out SocketError</c> says what went wrong. The other returns -1 where the BCL throws for
/// what a peer, the network or the clock can cause: a time-out, nothing there yet, a broadcast that is not allowed.</remarks>
public partial class Socket
{
    private const int Failed = -1;

    /// <summary>Receives a datagram and says who sent it, without allocating.</summary>
    /// <param name="buffer">Where the payload goes; what does not fit is lost.</param>
    /// <param name="socketFlags"><see cref="SocketFlags.None"/>.</param>
    /// <param name="receivedAddress">Where the sender's address and port go.</param>
    /// <returns>Bytes put into <paramref name="buffer"/>; -1 for none in time.</returns>
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, SocketAddress receivedAddress) =>
        ReceiveFrom(buffer, socketFlags, receivedAddress, out _);

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, SocketAddress)"/>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, SocketAddress receivedAddress, out SocketError errorCode)
    {
        errorCode = Receive(buffer, socketFlags, out UdpReceipt receipt);
        if (errorCode != SocketError.Success)
            return Failed;
        receivedAddress.Set(receipt.Source, receipt.RawSourcePort);
        return receipt.Length;
    }

    /// <summary>Receives a datagram; the sender is a new object each time.</summary>
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, ref EndPoint remoteEP)
    {
        if (Receive(buffer, socketFlags, out UdpReceipt receipt) != SocketError.Success)
            return Failed;
        remoteEP = new IPEndPoint(new IPAddress(receipt.Source), receipt.SourcePort);
        return receipt.Length;
    }

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(Span<byte> buffer, ref EndPoint remoteEP) => ReceiveFrom(buffer, SocketFlags.None, ref remoteEP);

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(byte[] buffer, ref EndPoint remoteEP) => ReceiveFrom(new Span<byte>(buffer), SocketFlags.None, ref remoteEP);

    /// <summary>Receives a datagram.</summary>
    /// <returns>Bytes put into <paramref name="buffer"/>; -1 for none in time.</returns>
    public int Receive(Span<byte> buffer) => Receive(buffer, SocketFlags.None, out SocketError _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(byte[] buffer) => Receive(new Span<byte>(buffer), SocketFlags.None, out SocketError _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(Span<byte> buffer, SocketFlags socketFlags, out SocketError errorCode)
    {
        errorCode = Receive(buffer, socketFlags, out UdpReceipt receipt);
        return errorCode == SocketError.Success ? receipt.Length : Failed;
    }

    /// <summary>Sends a datagram, without allocating.</summary>
    /// <param name="buffer">The payload, at most 65,507 bytes.</param>
    /// <param name="socketFlags"><see cref="SocketFlags.None"/>.</param>
    /// <param name="socketAddress">Where to, for instance what <see cref="ReceiveFrom(Span{byte}, SocketFlags, SocketAddress)"/> filled in.</param>
    /// <returns>The payload's length, also for a datagram that the network lost here; -1 for a broadcast that is not allowed.</returns>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress)
    {
        if (!socketAddress.TryGet(out IpAddress address, out BigEndian16 port))
            Throw(SocketError.AddressFamilyNotSupported);
        return Send(buffer, socketFlags, address, port);
    }

    /// <summary>Sends a datagram, and says whether it left.</summary>
    /// <returns>The payload's length; -1 if it was not sent.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress, out SocketError errorCode)
    {
        if (!socketAddress.TryGet(out IpAddress address, out BigEndian16 port))
            Throw(SocketError.AddressFamilyNotSupported);
        return Send(buffer, socketFlags, address, port, out errorCode);
    }

    /// <summary>Sends a datagram.</summary>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, EndPoint remoteEP)
    {
        (IpAddress address, ushort port) = Read(remoteEP);
        return Send(buffer, socketFlags, address, BigEndian16.From(port));
    }

    /// <inheritdoc cref="SendTo(ReadOnlySpan{byte}, SocketFlags, EndPoint)"/>
    public int SendTo(ReadOnlySpan<byte> buffer, EndPoint remoteEP) => SendTo(buffer, SocketFlags.None, remoteEP);

    /// <inheritdoc cref="SendTo(ReadOnlySpan{byte}, SocketFlags, EndPoint)"/>
    public int SendTo(byte[] buffer, EndPoint remoteEP) => SendTo(new ReadOnlySpan<byte>(buffer), SocketFlags.None, remoteEP);

    /// <summary>Sends a datagram to the host that the socket is connected to.</summary>
    public int Send(ReadOnlySpan<byte> buffer)
    {
        if (!Connected)
            Throw(SocketError.DestinationAddressRequired);
        IpAddress address = Endpoint.RemoteAddress;
        return Send(buffer, SocketFlags.None, address, BigEndian16.From(Endpoint.RemotePort));
    }

    /// <summary>Sends a datagram to the host that the socket is connected to, and says whether it left.</summary>
    /// <returns>The payload's length; -1 if it was not sent.</returns>
    public int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, out SocketError errorCode)
    {
        if (!Connected)
            Throw(SocketError.DestinationAddressRequired);
        IpAddress address = Endpoint.RemoteAddress;
        return Send(buffer, socketFlags, address, BigEndian16.From(Endpoint.RemotePort), out errorCode);
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] buffer) => Send(new ReadOnlySpan<byte>(buffer));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SocketError Receive(Span<byte> buffer, SocketFlags socketFlags, out UdpReceipt receipt)
    {
        UdpEndpoint endpoint = Endpoint;
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        if (endpoint.Pending == 0)
            return WaitAndReceive(buffer, out receipt);
        endpoint.TryReceive(buffer, out receipt);
        return SocketError.Success;
    }

    private SocketError WaitAndReceive(Span<byte> buffer, out UdpReceipt receipt)
    {
        if (!IsBound)
            throw new InvalidOperationException("bind the socket before receiving");
        receipt = default;
        if (!Blocking)
            return SocketError.WouldBlock;
        Instant deadline = _receiveTimeout == 0 ? Instant.Never : Platform.Current.Now + Duration.FromMilliseconds(_receiveTimeout);
        do
        {
            if (!Endpoint.Readers.Wait(deadline) && Endpoint.Pending == 0)
                return SocketError.TimedOut;
        }
        while (!Endpoint.TryReceive(buffer, out receipt));
        return SocketError.Success;
    }

    // What the device or the network loses counts as sent, as it does where it is lost further on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port)
    {
        SendStatus status = TrySend(buffer, socketFlags, address, port);
        if (status > SendStatus.Dropped)
            status = SendSlowly(status, buffer, address, port);
        return status == SendStatus.BroadcastRefused ? Failed : buffer.Length;
    }

    private int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port, out SocketError errorCode)
    {
        SendStatus status = TrySend(buffer, socketFlags, address, port);
        if (status > SendStatus.Dropped)
            status = SendSlowly(status, buffer, address, port);
        errorCode = status switch
        {
            SendStatus.Sent => SocketError.Success,
            SendStatus.Dropped => SocketError.NetworkUnreachable,
            SendStatus.BroadcastRefused => SocketError.AccessDenied,
            _ => SocketError.NoBufferSpaceAvailable,
        };
        return status == SendStatus.Sent ? buffer.Length : Failed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SendStatus TrySend(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port)
    {
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        UdpEndpoint endpoint = Endpoint;
        if (!endpoint.IsBound)
            BindIfNeeded();
        return endpoint.Send(buffer, address, port);
    }

    private SendStatus SendSlowly(SendStatus status, ReadOnlySpan<byte> buffer, IpAddress address, BigEndian16 port)
    {
        Instant end = Platform.Current.Now + s_patience;
        while (status == SendStatus.Busy)
        {
            Instant now = Platform.Current.Now;
            if (now >= end)
            {
                Endpoint.GiveUpSending();
                return status;
            }

            Processor.Current.Scheduler.Sleep(now + s_retry);
            status = Endpoint.Send(buffer, address, port);
        }

        if (status == SendStatus.TooLong)
            Throw(SocketError.MessageSize);
        return status;
    }
}
