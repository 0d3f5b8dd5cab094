using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Sending and receiving.</summary>
public partial class Socket
{
    /// <summary>Receives a datagram and says who sent it, without allocating.</summary>
    /// <param name="buffer">Where the payload goes; what does not fit is lost.</param>
    /// <param name="socketFlags"><see cref="SocketFlags.None"/>.</param>
    /// <param name="receivedAddress">Where the sender's address and port go.</param>
    /// <returns>Bytes put into <paramref name="buffer"/>.</returns>
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, SocketAddress receivedAddress)
    {
        UdpReceipt receipt = Receive(buffer, socketFlags);
        receivedAddress.Set(receipt.RawSource, receipt.RawSourcePort);
        return receipt.Length;
    }

    /// <summary>Receives a datagram; the sender is a new object each time.</summary>
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, ref EndPoint remoteEP)
    {
        UdpReceipt receipt = Receive(buffer, socketFlags);
        remoteEP = new IPEndPoint(new IPAddress(receipt.Source), receipt.SourcePort);
        return receipt.Length;
    }

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(Span<byte> buffer, ref EndPoint remoteEP) => ReceiveFrom(buffer, SocketFlags.None, ref remoteEP);

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(byte[] buffer, ref EndPoint remoteEP) => ReceiveFrom(new Span<byte>(buffer), SocketFlags.None, ref remoteEP);

    /// <summary>Receives a datagram.</summary>
    public int Receive(Span<byte> buffer) => Receive(buffer, SocketFlags.None).Length;

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(byte[] buffer) => Receive(new Span<byte>(buffer), SocketFlags.None).Length;

    /// <summary>Sends a datagram, without allocating.</summary>
    /// <param name="buffer">The payload, at most 65,507 bytes.</param>
    /// <param name="socketFlags"><see cref="SocketFlags.None"/>.</param>
    /// <param name="socketAddress">Where to, for instance what <see cref="ReceiveFrom(Span{byte}, SocketFlags, SocketAddress)"/> filled in.</param>
    /// <returns>The payload's length.</returns>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress)
    {
        if (!socketAddress.TryGet(out BigEndian32 address, out BigEndian16 port))
            Throw(SocketError.AddressFamilyNotSupported);
        return Send(buffer, socketFlags, address, port);
    }

    /// <summary>Sends a datagram.</summary>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, EndPoint remoteEP)
    {
        (IpAddress address, ushort port) = Read(remoteEP);
        return Send(buffer, socketFlags, BigEndian32.From(address.Ipv4), BigEndian16.From(port));
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
        BigEndian32 address = BigEndian32.From(Endpoint.RemoteAddress.Ipv4);
        return Send(buffer, SocketFlags.None, address, BigEndian16.From(Endpoint.RemotePort));
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] buffer) => Send(new ReadOnlySpan<byte>(buffer));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private UdpReceipt Receive(Span<byte> buffer, SocketFlags socketFlags)
    {
        UdpEndpoint endpoint = Endpoint;
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        UdpReceipt receipt;
        if (endpoint.Pending == 0)
            WaitAndReceive(buffer, out receipt);
        else
            endpoint.TryReceive(buffer, out receipt);
        return receipt;
    }

    private void WaitAndReceive(Span<byte> buffer, out UdpReceipt receipt)
    {
        if (!IsBound)
            throw new InvalidOperationException("bind the socket before receiving");
        if (!Blocking)
            Throw(SocketError.WouldBlock);
        Instant deadline = _receiveTimeout == 0 ? Instant.Never : Platform.Current.Now + Duration.FromMilliseconds(_receiveTimeout);
        do
        {
            if (!WaitForArrival(deadline) && Endpoint.Pending == 0)
                Throw(SocketError.TimedOut);
        }
        while (!Endpoint.TryReceive(buffer, out receipt));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, BigEndian32 address, BigEndian16 port)
    {
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        UdpEndpoint endpoint = Endpoint;
        if (endpoint.LocalPort == 0)
            BindIfNeeded();
        SendStatus status = endpoint.Send(buffer, address, port);
        if (status > SendStatus.Dropped)
            SendSlowly(status, buffer, address, port);
        return buffer.Length;
    }

    private void SendSlowly(SendStatus status, ReadOnlySpan<byte> buffer, BigEndian32 address, BigEndian16 port)
    {
        Instant end = Platform.Current.Now + s_patience;
        while (status == SendStatus.Busy)
        {
            Instant now = Platform.Current.Now;
            if (now >= end)
            {
                Endpoint.GiveUpSending();
                return;
            }

            Scheduler.Sleep(now + s_retry);
            status = Endpoint.Send(buffer, address, port);
        }

        if (status == SendStatus.TooLong)
            Throw(SocketError.MessageSize);
        if (status == SendStatus.BroadcastRefused)
            Throw(SocketError.AccessDenied);
    }
}
