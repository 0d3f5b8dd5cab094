using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Being connected, and what passes between the two ends.</summary>
public partial class Socket
{
    /// <summary>How long receiving waits, in milliseconds, before it fails with <see cref="SocketError.TimedOut"/>; 0 or -1 for ever.</summary>
    public int ReceiveTimeout
    {
        get => _receiveTimeout;
        set => _receiveTimeout = TimeoutOf(value);
    }

    /// <summary>How long sending on a stream waits for room, in milliseconds, before it fails with <see cref="SocketError.TimedOut"/>; 0 or -1 for ever.</summary>
    public int SendTimeout
    {
        get => _sendTimeout;
        set => _sendTimeout = TimeoutOf(value);
    }

    /// <summary>Connects to one host and port.</summary>
    /// <exception cref="SocketException">It was not possible. Whoever cannot be sure that it is asks <see cref="TryConnect(EndPoint, out SocketError)"/>.</exception>
    public void Connect(EndPoint remoteEP)
    {
        if (!TryConnect(remoteEP, out SocketError error))
            Throw(error);
    }

    /// <inheritdoc cref="Connect(EndPoint)"/>
    public void Connect(IPAddress address, int port) => Connect(new IPEndPoint(address, port));

    /// <summary>Connects to one port of a host by its name: its addresses are tried one after the other.</summary>
    /// <exception cref="SocketException">It was not possible. Whoever cannot be sure that it is asks <see cref="TryConnect(string, int, out SocketError)"/>.</exception>
    public void Connect(string host, int port)
    {
        if (!TryConnect(host, port, out SocketError error))
            Throw(error);
    }

    /// <summary>Connects to one port of a host by its name, whose addresses are tried one after the other, those of the socket's family alone unless it is of both
    /// (<see cref="DualMode"/>). Finding them waits, whether the socket blocks or not; one that does not block tries the first.</summary>
    /// <returns>False if it could not be: of several addresses <paramref name="errorCode"/> is of the last that anything leads to.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public bool TryConnect(string host, int port, out SocketError errorCode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        SocketTransport transport = Transport;
        int closings = _closings;
        if (Dns.TryFind(host, transport.IsDual ? AddressFamily.Unspecified : AddressFamily, out errorCode) is not { } lookup)
            return false;
        for (int i = 0; i < lookup.Count && _closings == closings; i++)
        {
            SocketError error = i == 0 ? SocketError.Success : transport.BeginAnew();
            if (error == SocketError.Success)
                TryConnect(lookup[i], (ushort)port, out error);
            if (i == 0 || error != SocketError.NetworkUnreachable)
                errorCode = error;
            if (error == SocketError.Success || !Blocking)
                break;
        }

        lookup.Close();
        if (_closings != closings)
            errorCode = SocketError.OperationAborted;
        return errorCode == SocketError.Success;
    }

    /// <summary>Connects to one host and port: a stream waits until the other end has answered, a datagram socket only takes note.</summary>
    /// <returns>False if it could not be, and then the socket is good for nothing but to be closed. One that does not block fails with <see cref="SocketError.WouldBlock"/>, and is
    /// ready to be written once it is known what became of it: <see cref="Connected"/> says that, and the option <see cref="SocketOptionName.Error"/> why not.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public bool TryConnect(EndPoint remoteEP, out SocketError errorCode)
    {
        (IpAddress address, ushort port) = Read(remoteEP);
        return TryConnect(address, port, out errorCode);
    }

    private bool TryConnect(IpAddress address, ushort port, out SocketError errorCode)
    {
        SocketTransport transport = Transport;
        int closings = _closings;
        errorCode = transport.Connect(address, port);
        while (errorCode == SocketError.WouldBlock && Blocking)
        {
            // The endpoint's own time-out ends this.
            transport.Endpoint.Writers.Wait(Instant.Never);
            errorCode = _closings == closings ? transport.ConnectResult() : SocketError.OperationAborted;
        }

        return errorCode == SocketError.Success;
    }

    /// <summary>Receives what has come, waiting until something has.</summary>
    /// <returns>Bytes put into <paramref name="buffer"/>; 0 at the end of a stream; -1 for none in time, or a failure.</returns>
    public int Receive(Span<byte> buffer) => Receive(buffer, SocketFlags.None, out _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(Span<byte> buffer, SocketFlags socketFlags) => Receive(buffer, socketFlags, out _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(byte[] buffer) => Receive(new Span<byte>(buffer), SocketFlags.None, out _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(byte[] buffer, int offset, int size, SocketFlags socketFlags) => Receive(buffer.AsSpan(offset, size), socketFlags, out _);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(byte[] buffer, int offset, int size, SocketFlags socketFlags, out SocketError errorCode) =>
        Receive(buffer.AsSpan(offset, size), socketFlags, out errorCode);

    /// <inheritdoc cref="Receive(Span{byte})"/>
    public int Receive(Span<byte> buffer, SocketFlags socketFlags, out SocketError errorCode)
    {
        SocketTransport transport = Transport;
        errorCode = transport.Receive(buffer, socketFlags, out int length);
        if (errorCode == SocketError.WouldBlock && Blocking)
            errorCode = WaitAndReceive(transport, buffer, socketFlags, out length);
        return errorCode == SocketError.Success ? length : Failed;
    }

    /// <summary>Sends to the other end: a datagram, or bytes of a stream, all of them if the socket blocks.</summary>
    /// <returns>Bytes sent; -1 for a failure.</returns>
    public int Send(ReadOnlySpan<byte> buffer) => Send(buffer, SocketFlags.None);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags)
    {
        int sent = Send(buffer, socketFlags, out SocketError error);
        return error != SocketError.Success && Transport.IsLoss(error) ? buffer.Length : sent;
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] buffer) => Send(new ReadOnlySpan<byte>(buffer), SocketFlags.None);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] buffer, int offset, int size, SocketFlags socketFlags) => Send(new ReadOnlySpan<byte>(buffer, offset, size), socketFlags);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(byte[] buffer, int offset, int size, SocketFlags socketFlags, out SocketError errorCode) =>
        Send(new ReadOnlySpan<byte>(buffer, offset, size), socketFlags, out errorCode);

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(ReadOnlySpan<byte> buffer, SocketFlags socketFlags, out SocketError errorCode)
    {
        if (socketFlags != SocketFlags.None)
            Throw(SocketError.OperationNotSupported);
        SocketTransport transport = Transport;
        errorCode = transport.Send(buffer, out int sent);
        if (sent < buffer.Length && Blocking && errorCode is SocketError.Success or SocketError.WouldBlock)
            errorCode = WaitAndSend(transport, buffer, ref sent);
        return errorCode == SocketError.Success ? sent : Failed;
    }

    /// <summary>Says that nothing more will be sent, or received, or both.</summary>
    /// <exception cref="SocketException">There is no stream that is connected. Whoever cannot be sure that there is asks <see cref="TryShutdown"/>.</exception>
    public void Shutdown(SocketShutdown how)
    {
        if (!TryShutdown(how, out SocketError error))
            Throw(error);
    }

    /// <inheritdoc cref="Shutdown"/>
    /// <returns>False if there is no stream that is connected: the other end may have reset it.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public bool TryShutdown(SocketShutdown how, out SocketError errorCode)
    {
        errorCode = Transport.Shutdown(how);
        return errorCode == SocketError.Success;
    }

    private SocketError WaitAndReceive(SocketTransport transport, Span<byte> buffer, SocketFlags flags, out int length)
    {
        Instant deadline = DeadlineAfter(_receiveTimeout);
        int closings = _closings;
        while (true)
        {
            bool inTime = transport.Endpoint.Readers.Wait(deadline);
            length = 0;
            if (_closings != closings)
                return SocketError.OperationAborted;
            SocketError error = transport.Receive(buffer, flags, out length);
            if (error != SocketError.WouldBlock)
                return error;
            if (!inTime)
                return SocketError.TimedOut;
        }
    }

    private SocketError WaitAndSend(SocketTransport transport, ReadOnlySpan<byte> buffer, ref int sent)
    {
        Instant deadline = DeadlineAfter(_sendTimeout);
        int closings = _closings;
        while (true)
        {
            bool inTime = WaitForRoom(transport, deadline);
            if (_closings != closings)
                return SocketError.OperationAborted;
            SocketError error = transport.Send(buffer[sent..], out int more);
            sent += more;
            if (sent == buffer.Length || error is not (SocketError.Success or SocketError.WouldBlock))
                return error;
            if (!inTime)
                return SocketError.TimedOut;
        }
    }

    // Where there is room in the connection's share and no memory for it, nobody tells when there is some: it is asked for again.
    private static bool WaitForRoom(SocketTransport transport, Instant deadline)
    {
        if ((transport.Endpoint.Readiness & Readiness.Writable) == 0)
            return transport.Endpoint.Writers.Wait(deadline);
        Instant soon = Guest.Core.Platform.Current.Now + Duration.FromMilliseconds(1);
        transport.Endpoint.Writers.Wait(Instant.Earlier(deadline, soon));
        return soon < deadline;
    }

    private static int TimeoutOf(int milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1);
        return milliseconds == -1 ? 0 : milliseconds;
    }
}
