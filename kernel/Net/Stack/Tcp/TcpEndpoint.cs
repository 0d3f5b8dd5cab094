using System;
using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One end of a TCP connection (RFC 9293): what a socket stands on.</summary>
/// <remarks>
/// The files of this class are the parts of the RFC: Opening (3.5), Arrival (3.10.7), Acknowledgement (3.10.7.4, fifth), Text (seventh and eighth), Output (3.7 and 3.8.6),
/// Segments, Timers and Ending (3.6). What can be told apart from a connection is a type of its own: queues, scoreboard, round-trip time, congestion control.
/// <para>No call waits. Whoever wants to wait does so at <see cref="Endpoint.Readers"/> or <see cref="Endpoint.Writers"/>, and looks again.</para>
/// </remarks>
public sealed partial class TcpEndpoint : Endpoint
{
    private readonly TcpConnections _tcp;
    private readonly NetworkStack _stack;
    private readonly Timer _timer;
    private TcpState _state;
    private SendQueue _unacknowledged;
    private ReceiveQueue _unread;
    private ReassemblyQueue _early;
    private Scoreboard _sent;
    private RoundTripTime _roundTrip;

    // The application gave it back: what arrives from now on is for nobody.
    private bool _isOrphan;
    private bool _peerHasFinished;

    internal TcpEndpoint(TcpConnections tcp)
        : base(IpProtocol.Tcp)
    {
        _tcp = tcp;
        _stack = tcp.Stack;
        _congestion = tcp.MakeCongestionControl();
        _timer = new Timer(_stack.Timers, OnTimer);
        SetDefaults();
    }

    /// <summary>The next in whichever list it is: those that are free, or those that wait to be accepted.</summary>
    internal TcpEndpoint? NextInList;

    /// <summary>Where the connection stands.</summary>
    public TcpState State => _state;

    /// <summary>What ended the connection before its time.</summary>
    public TcpError Error { get; private set; }

    /// <summary>What can be done: receive what is there, or learn that nothing more comes; send while there is room.</summary>
    public override Readiness Readiness
    {
        get
        {
            Readiness ready = _unread.Length != 0 || _peerHasFinished || _refusesText ? Readiness.Readable : Readiness.None;
            if (SendRoom != 0 && !_wantsMemory)
                ready |= Readiness.Writable;
            if (_state != TcpState.Closed)
                return ready;
            ready |= Readiness.Readable | Readiness.Writable | Readiness.HangUp;
            return Error == TcpError.None ? ready : ready | Readiness.Error;
        }
    }

    /// <inheritdoc/>
    public override bool IsReady(Readiness wanted)
    {
        if ((wanted & Readiness.Readable) != 0 && (_unread.Length != 0 || _peerHasFinished || _refusesText))
            return true;
        return ((wanted & Readiness.Writable) != 0 || _state == TcpState.Closed) && (Readiness & wanted) != 0;
    }

    /// <summary>Whether the connection was established, and can still be read from or sent on.</summary>
    public bool IsEstablished => _state is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck;

    /// <summary>Bytes that can be received now.</summary>
    public int Available => _unread.Length;

    /// <summary>Whether the other side has no more to send, and everything that it sent was received.</summary>
    public bool IsAtEnd => _unread.Length == 0 && (_peerHasFinished || _state == TcpState.Closed);

    /// <summary>Whether the application may send: the connection is there, and sending was not shut down.</summary>
    public bool CanSend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !_finQueued && _state is TcpState.Established or TcpState.CloseWait;
    }

    /// <summary>Bytes that can be sent at once, if memory allows; what was sent and is not acknowledged counts against <see cref="SendBufferSize"/>.</summary>
    public int SendRoom => CanSend ? Math.Max(SendBufferSize - _unacknowledged.Length, 0) : 0;

    /// <summary>Bytes that were sent by the application and are not acknowledged by the other side.</summary>
    public int Unacknowledged => _unacknowledged.Length;

    /// <summary>Whether short segments are sent at once, though earlier ones are not acknowledged (RFC 9293, 3.7.4: no Nagle algorithm).</summary>
    public bool NoDelay
    {
        get;
        set
        {
            field = value;
            if (value && IsEstablished)
                Output(_stack.Now);
        }
    }

    /// <summary>Bytes that may wait to be sent and acknowledged.</summary>
    public int SendBufferSize { get; set; }

    /// <summary>Bytes that may wait to be received: the most that the other side is allowed to send. A connection can make it larger than when it was opened, but
    /// no larger than its windows can say.</summary>
    public int ReceiveBufferSize { get; set; }

    /// <summary>For how long sent bytes may be unacknowledged before the connection is given up (RFC 9293, 3.8.3; RFC 5482).</summary>
    public Duration UserTimeout { get; set; }

    /// <summary>For how long <see cref="Close"/> leaves the connection to deliver what was sent: null as long as it takes, nothing to reset it at once.</summary>
    public Duration? Linger { get; set; }

    /// <summary>Takes over what an application has said of another one, in whose place this one is.</summary>
    internal void TakeOptions(TcpEndpoint other)
    {
        NoDelay = other.NoDelay;
        SendBufferSize = other.SendBufferSize;
        ReceiveBufferSize = other.ReceiveBufferSize;
        UserTimeout = other.UserTimeout;
        Linger = other.Linger;
        KeepAliveIdle = other.KeepAliveIdle;
        KeepAliveInterval = other.KeepAliveInterval;
        KeepAliveProbes = other.KeepAliveProbes;
        KeepAlive = other.KeepAlive;
    }

    /// <summary>Takes a local address and port, for <see cref="Connect"/>.</summary>
    /// <param name="address">One of this host's, or unspecified.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public BindStatus Bind(IpAddress address, ushort port) => _tcp.Bind(this, address, port);

    /// <summary>Begins to open a connection; it becomes writable when it is established, and fails with <see cref="Error"/>.</summary>
    /// <returns><see cref="TcpError.None"/> if a SYN is on its way.</returns>
    public TcpError Connect(IpAddress address, ushort port) => Open(address, port);

    /// <summary>Sends bytes: they are copied, and delivered in order while the connection lives.</summary>
    /// <returns>How many were taken, from the front: fewer than offered, or none, where there is no room now or <see cref="CanSend"/> is false.</returns>
    public int Send(ReadOnlySpan<byte> data)
    {
        if (!CanSend)
            return 0;
        int room = SendBufferSize - _unacknowledged.Length;
        if (room < data.Length)
            data = data[..Math.Max(room, 0)];
        if (data.IsEmpty)
            return 0;
        int taken = FindPool() is { } pool ? _unacknowledged.Append(data, pool) : 0;
        if (taken != 0)
            OutputOfApplication();
        else
            WaitForMemory();
        return taken;
    }

    /// <summary>Receives bytes.</summary>
    /// <returns>How many; 0 if none are there now, or none will come any more (<see cref="IsAtEnd"/>).</returns>
    public int Receive(Span<byte> destination)
    {
        int read = _unread.Read(destination);
        if (read != 0)
            OnRead(read);
        return read;
    }

    /// <summary>Copies bytes that can be received, and leaves them there.</summary>
    public int Peek(Span<byte> destination) => _unread.Peek(destination);

    /// <summary>Says that nothing more will be sent: the other side is told when it has everything (RFC 9293, 3.6, half-close).</summary>
    public void ShutdownSend() => FinishSending();

    /// <summary>Says that nothing more will be received: what is there, and what still comes, is dropped.</summary>
    public void ShutdownReceive() => FinishReceiving();

    /// <summary>Gives the endpoint back to the stack, which delivers what was sent and ends the connection; the owner does not use it any more.</summary>
    public void Close() => CloseByOwner();

    /// <summary>Resets the connection and gives the endpoint back; the owner does not use it any more.</summary>
    public void Abort()
    {
        AbortConnection(TcpError.Aborted);
        CloseByOwner();
    }
}
