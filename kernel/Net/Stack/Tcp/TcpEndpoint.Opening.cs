using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The beginning of a connection (RFC 9293, 3.5): a SYN of ours, or one that came to a listener and has been answered.</summary>
public sealed partial class TcpEndpoint
{
    /// <summary>For how long a connection may take to be opened (RFC 9293, 3.8.3: at least three minutes for a SYN).</summary>
    private static readonly Duration s_openTimeout = Duration.FromSeconds(180);
    private static readonly Duration s_userTimeout = Duration.FromSeconds(300);
    private static readonly Duration s_keepAliveIdle = Duration.FromSeconds(2 * 60 * 60);
    private static readonly Duration s_keepAliveInterval = Duration.FromSeconds(75);
    private const int KeepAliveProbesByDefault = 9;

    // Whether the other side sent a window scale, timestamps, and that it takes selective acknowledgements: what both sides offer counts.
    private bool _hasTimestamps;
    private bool _hasSack;
    private bool _scalesWindows;
    private int _sendShift;
    private int _receiveShift;

    /// <summary>Names this end.</summary>
    internal void NameLocal(IpAddress address, ushort port) => Name(address, port);

    /// <summary>Names both ends.</summary>
    internal void NameBoth(IpAddress local, ushort port, IpAddress remote, ushort remotePort)
    {
        Name(local, port);
        NameRemote(remote, remotePort, _tcp.Table.Secret);
    }

    /// <summary>Takes the number of the first byte, and what goes with it.</summary>
    private void BeginSending(SequenceNumber initial)
    {
        _initialSend = initial;
        _sendUnacknowledged = initial;
        _sendNext = initial;
        _queueStart = initial + 1;
        _sent.Furthest = initial;
        _roundTrip.Begin();
        _timestampOffset = _tcp.Secrets.TimestampOffset(this);
    }

    /// <summary>RFC 9293, 3.10.1: OPEN, active.</summary>
    private TcpError Open(IpAddress address, ushort port)
    {
        if (_state != TcpState.Closed || address.IsUnspecified || address.IsMulticast || port == 0)
            return TcpError.Unreachable;
        if (_stack.FindDestination(address, LocalAddress, null) is not { IsBroadcast: false } destination)
            return TcpError.Unreachable;
        Error = TcpError.None;
        TcpError named = _tcp.NameConnection(this, destination.Source, address, port);
        if (named != TcpError.None)
            return named;
        _destination = destination;
        BeginSending(_tcp.Secrets.InitialSequence(this, _stack.Now));
        _receiveShift = TcpConnections.ShiftFor(ReceiveBufferSize);
        SetSegmentSize(TcpLayer.SegmentFor(destination));
        _state = TcpState.SynSent;
        _progressAt = _stack.ReadClock();
        SendSyn(_progressAt);
        destination.Via.Flush();
        return TcpError.None;
    }

    /// <summary>Takes over a connection that a listener's half-open record has brought to be established.</summary>
    internal void Adopt(TcpHalfOpen from, TcpListenEndpoint listener)
    {
        NameBoth(from.LocalAddress, from.LocalPort, from.RemoteAddress, from.RemotePort);
        ReceiveBufferSize = listener.ReceiveBufferSize;
        SendBufferSize = listener.SendBufferSize;
        BeginSending(from.InitialSend);
        _sendNext = from.InitialSend + 1;
        BeginReceiving(from.InitialReceive);
        _timestampOffset = from.TimestampOffset;
        _receiveShift = from.ReceiveShift;
        TakeOffer(in from.Offer);
        _advertised = _receiveNext + from.Window;
        if (from.RoundTrip.Nanoseconds > 0)
            _roundTrip.Add(from.RoundTrip);
        else if (from.WasRetransmitted)
            _roundTrip.OnSynLost();
        _state = TcpState.SynReceived;
        StartCongestionControl(from.WasRetransmitted);
        _usesEcn = from.UsesEcn;
    }

    /// <summary>RFC 9293, 3.10.7.3: a segment arrives in SYN-SENT.</summary>
    private void InputSynSent(ref TcpSegment segment)
    {
        bool acknowledges = segment.Has(TcpFlags.Ack);

        // First, the ACK bit.
        if (acknowledges && (segment.Acknowledgement <= _initialSend || segment.Acknowledgement > _sendNext))
        {
            _tcp.Counters.Unacceptable++;
            if (!segment.Has(TcpFlags.Rst))
                segment.Info.Via.Tcp.SendReset(in segment);
            return;
        }

        // Second, the RST bit: believed if it acknowledges our SYN.
        if (segment.Has(TcpFlags.Rst))
        {
            if (acknowledges)
                AbortConnection(TcpError.Refused);
            else
                _tcp.Counters.Unacceptable++;
            return;
        }

        // Fourth, the SYN bit. (Third is security, which nobody has.)
        if (!segment.Has(TcpFlags.Syn))
        {
            _tcp.Counters.Unacceptable++;
            return;
        }

        BeginReceiving(segment.Sequence);
        TakeOffer(segment.Options.ToOffer());
        _usesEcn = acknowledges ? _offersEcn && (segment.Flags & (TcpFlags.Ece | TcpFlags.Cwr)) == TcpFlags.Ece : false;
        _lastArrival = _stack.Now;
        if (acknowledges)
        {
            CompleteOpening(ref segment);
            return;
        }

        // Both sides opened at the same time (3.5, figure 8): the SYN goes again, with an acknowledgement.
        _state = TcpState.SynReceived;
        ScaleSynWindow(in segment);
        SendSynAgain(_stack.Now);
    }

    /// <summary>Our SYN is acknowledged: by the other side's SYN, or, after both opened at the same time, by what follows it.</summary>
    private void CompleteOpening(ref TcpSegment segment)
    {
        bool wasRetransmitted = _sent.First is { WasRetransmitted: true };
        ScaleSynWindow(in segment);
        if (wasRetransmitted)
            _roundTrip.OnSynLost();
        TakeAcknowledged(segment.Acknowledgement);
        StartCongestionControl(wasRetransmitted);
        Establish();

        // What else the segment carries, and data that waits, goes the way of all others.
        segment.Sequence += 1;
        segment.Flags &= ~TcpFlags.Syn;
        _ackNow = true;
        TakeTextAndFin(ref segment);
        Output(_stack.Now);
        AcknowledgeIfNeeded(_stack.Now);
    }

    // A SYN's window is never scaled (RFC 7323, 2.2).
    private void ScaleSynWindow(in TcpSegment segment)
    {
        _sendWindow = segment.Window;
        _largestSendWindow = segment.Window;
        _windowUpdateSequence = segment.Sequence;
        _windowUpdateAcknowledgement = segment.Acknowledgement;
    }

    private void TakeOffer(in TcpOffer offer)
    {
        _hasTimestamps = offer.HasTimestamps;
        _recentTimestamp = offer.TimestampValue;
        _recentTimestampAt = _stack.Now;
        _hasSack = offer.PermitsSack;
        _scalesWindows = offer.WindowShift >= 0;
        if (!_scalesWindows)
            _receiveShift = 0;
        _sendShift = Math.Max(offer.WindowShift, 0);
        SetPeerSegment(offer.MaximumSegment);
    }

    private void BeginReceiving(SequenceNumber initial)
    {
        _receiveNext = initial + 1;
        _advertised = _receiveNext;
        _lastAcknowledged = _receiveNext;
    }

    internal void Establish()
    {
        _state = _finQueued ? TcpState.FinWait1 : TcpState.Established;
        _progressAt = _stack.Now;
        if (KeepAlive)
            StartKeepAlive();
        Writers.WakeAll();
    }

    /// <summary>Says what every new connection is like; also when an endpoint is handed out again.</summary>
    private void SetDefaults()
    {
        SendBufferSize = TcpConnections.BufferSize;
        ReceiveBufferSize = TcpConnections.BufferSize;
        UserTimeout = s_userTimeout;
        KeepAliveIdle = s_keepAliveIdle;
        KeepAliveInterval = s_keepAliveInterval;
        KeepAliveProbes = KeepAliveProbesByDefault;
        KeepAlive = false;
        NoDelay = false;
        Linger = null;
        StopTimers();
    }

    /// <summary>Makes it what it was when it was made: the stack hands it out again.</summary>
    internal void Reset()
    {
        _unacknowledged.Clear();
        _unread.Clear();
        _early.Clear();
        _sent.Clear(_tcp.Records);
        Name(IpAddress.AnyIpv4, 0);
        Error = TcpError.None;
        _state = TcpState.Closed;
        _destination = null;
        _isOrphan = false;
        _peerHasFinished = false;
        _finQueued = false;
        _refusesText = false;
        _ackNow = false;
        _hasTimestamps = false;
        _hasSack = false;
        _usesEcn = false;
        _unansweredProbes = 0;
        _retransmissions = 0;
        _backoff = 0;
        _pathSegment = 0;
        _peerSegment = 0;
        _sendWindow = 0;
        ResetRecovery();
        SetDefaults();
        _toSendStall = default;
        _receivedStall = default;
    }
}
