using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Datagrams from and to whoever is named.</summary>
public partial class Socket
{
    /// <summary>Whether broadcasts may be sent.</summary>
    public bool EnableBroadcast
    {
        get => Datagrams.MayBroadcast;
        set => Datagrams.MayBroadcast = value;
    }

    private UdpEndpoint Datagrams
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_datagrams is null)
                ThrowNoDatagrams();
            return _datagrams;
        }
    }

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
        if (_datagrams is not { } endpoint)
            return ReceiveFrame(buffer, socketFlags, receivedAddress, out errorCode);
        errorCode = ReceiveDatagram(endpoint, buffer, socketFlags, out UdpReceipt receipt);
        if (errorCode != SocketError.Success)
            return Failed;
        if (_isIpv6)
            receivedAddress.SetIpv6(receipt.Source, receipt.RawSourcePort);
        else
            receivedAddress.Set(receipt.Source, receipt.RawSourcePort);
        return receipt.Length;
    }

    /// <summary>Receives a datagram; the sender is a new object each time.</summary>
    public int ReceiveFrom(Span<byte> buffer, SocketFlags socketFlags, ref EndPoint remoteEP)
    {
        if (ReceiveDatagram(Datagrams, buffer, socketFlags, out UdpReceipt receipt) != SocketError.Success)
            return Failed;
        remoteEP = new IPEndPoint(new IPAddress(receipt.Source, _isIpv6), receipt.SourcePort);
        return receipt.Length;
    }

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(Span<byte> buffer, ref EndPoint remoteEP) => ReceiveFrom(buffer, SocketFlags.None, ref remoteEP);

    /// <inheritdoc cref="ReceiveFrom(Span{byte}, SocketFlags, ref EndPoint)"/>
    public int ReceiveFrom(byte[] buffer, ref EndPoint remoteEP) => ReceiveFrom(new Span<byte>(buffer), SocketFlags.None, ref remoteEP);

    /// <summary>Sends a datagram, without allocating.</summary>
    /// <param name="buffer">The payload, at most 65,507 bytes, by IPv6 65,527.</param>
    /// <param name="socketFlags"><see cref="SocketFlags.None"/>.</param>
    /// <param name="socketAddress">Where to, for instance what <see cref="ReceiveFrom(Span{byte}, SocketFlags, SocketAddress)"/> filled in.</param>
    /// <returns>The payload's length, also for a datagram that the network lost here; -1 for a broadcast that is not allowed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress)
    {
        if (_datagrams is not { IsBound: true } endpoint || socketFlags != SocketFlags.None || !socketAddress.TryGet(out IpAddress address, out BigEndian16 port))
            return SendToOther(buffer, socketFlags, socketAddress);
        SendStatus status = endpoint.Send(buffer, address, port);
        return status <= SendStatus.Dropped ? buffer.Length : SendToSlowly(status, buffer, socketAddress);
    }

    /// <summary>Sends a datagram, and says whether it left.</summary>
    /// <returns>The payload's length; -1 if it was not sent.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress, out SocketError errorCode)
    {
        if (_frames is not null)
            return SendFrame(buffer, socketFlags, socketAddress, out errorCode);
        (IpAddress address, BigEndian16 port) = Read(socketAddress);
        return Send(buffer, socketFlags, address, port, out errorCode);
    }

    /// <summary>Sends a datagram.</summary>
    public int SendTo(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, EndPoint remoteEP)
    {
        if (remoteEP is { AddressFamily: AddressFamily.Packet })
            return SendTo(buffer, socketFlags, remoteEP.Serialize());
        (IpAddress address, ushort port) = Read(remoteEP);
        return Send(buffer, socketFlags, address, BigEndian16.From(port));
    }

    /// <inheritdoc cref="SendTo(ReadOnlySpan{byte}, SocketFlags, EndPoint)"/>
    public int SendTo(ReadOnlySpan<byte> buffer, EndPoint remoteEP) => SendTo(buffer, SocketFlags.None, remoteEP);

    /// <inheritdoc cref="SendTo(ReadOnlySpan{byte}, SocketFlags, EndPoint)"/>
    public int SendTo(byte[] buffer, EndPoint remoteEP) => SendTo(new ReadOnlySpan<byte>(buffer), SocketFlags.None, remoteEP);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SocketError ReceiveDatagram(UdpEndpoint endpoint, Span<byte> buffer, SocketFlags socketFlags, out UdpReceipt receipt)
    {
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        if (endpoint.Pending == 0)
            return WaitForDatagram(buffer, out receipt);
        endpoint.TryReceive(buffer, out receipt);
        return SocketError.Success;
    }

    private SocketError WaitForDatagram(Span<byte> buffer, out UdpReceipt receipt)
    {
        UdpEndpoint endpoint = Datagrams;
        if (!endpoint.IsBound)
            throw new InvalidOperationException("bind the socket before receiving");
        receipt = default;
        if (!Blocking)
            return SocketError.WouldBlock;
        Instant deadline = DeadlineAfter(_receiveTimeout);
        do
        {
            bool inTime = endpoint.Readers.Wait(deadline);
            if (_datagrams != endpoint)
                return SocketError.OperationAborted;
            if (!inTime && endpoint.Pending == 0)
                return SocketError.TimedOut;
        }
        while (!endpoint.TryReceive(buffer, out receipt));
        return SocketError.Success;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port)
    {
        SendStatus status = TrySend(buffer, socketFlags, address, port);
        if (status > SendStatus.Dropped)
            status = UdpTransport.SendSlowly(Datagrams, status, buffer, address, port);
        return LengthSent(status, buffer);
    }

    // What the device or the network loses counts as sent, as it does where it is lost further on.
    private static int LengthSent(SendStatus status, ReadOnlySpan<byte> buffer) => status == SendStatus.BroadcastRefused ? Failed : buffer.Length;

    private int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port, out SocketError errorCode)
    {
        SendStatus status = TrySend(buffer, socketFlags, address, port);
        if (status > SendStatus.Dropped)
            status = UdpTransport.SendSlowly(Datagrams, status, buffer, address, port);
        errorCode = UdpTransport.ErrorOf(status);
        return status == SendStatus.Sent ? buffer.Length : Failed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SendStatus TrySend(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, IpAddress address, BigEndian16 port)
    {
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        UdpEndpoint endpoint = Datagrams;
        if (!endpoint.IsBound)
            BindToAny();
        return endpoint.Send(buffer, address, port);
    }

    // Whole frames, by a socket that has no port yet, or to an IPv6 address.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SendToOther(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress)
    {
        if (_frames is not null)
        {
            int sent = SendFrame(buffer, socketFlags, socketAddress, out SocketError error);
            return error != SocketError.Success && UdpTransport.IsLost(error) ? buffer.Length : sent;
        }

        (IpAddress address, BigEndian16 port) = Read(socketAddress);
        return Send(buffer, socketFlags, address, port);
    }

    // What did not leave at once. The address is read again, so that the common way need not keep it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SendToSlowly(SendStatus status, ReadOnlySpan<byte> buffer, SocketAddress socketAddress)
    {
        (IpAddress address, BigEndian16 port) = Read(socketAddress);
        return LengthSent(UdpTransport.SendSlowly(Datagrams, status, buffer, address, port), buffer);
    }

    private (IpAddress Address, BigEndian16 Port) Read(SocketAddress socketAddress)
    {
        if (!socketAddress.TryGet(out IpAddress address, out BigEndian16 port) && (!socketAddress.TryGetIpv6(out address, out port) || !_isIpv6))
            Throw(SocketError.AddressFamilyNotSupported);
        return (address, port);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BindToAny()
    {
        SocketError error = Transport.Bind(Transport.AnyAddress, 0);
        if (error != SocketError.Success)
            Throw(error);
    }

    [DoesNotReturn]
    private void ThrowNoDatagrams()
    {
        if (_transport is null)
            ThrowDisposed();
        Throw(SocketError.OperationNotSupported);
    }
}
