using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The end of a connection (RFC 9293, 3.6, 3.10.4, 3.10.5).</summary>
public sealed partial class TcpEndpoint
{
    private void CloseByOwner()
    {
        if (_isOrphan)
            return;
        _isOrphan = true;
        WakeAll();
        if (_state is TcpState.Closed or TcpState.SynSent)
        {
            BecomeClosed(TcpError.None);
        }
        else if (_unread.Length != 0 || Linger is { Nanoseconds: 0 })
        {
            // What nobody will read is lost, and the other side is told so (RFC 2525, 2.17).
            AbortConnection(TcpError.Aborted);
        }
        else
        {
            if (Linger is { } linger)
            {
                _endAt = _stack.ReadClock() + linger;
                Expect(_endAt);
            }

            FinishSending();
            if (_state == TcpState.FinWait2)
                StartOrphanTimeout();
        }
    }

    /// <summary>Ends the connection at once.</summary>
    /// <param name="error">Why.</param>
    /// <param name="sendReset">Whether the other side is told.</param>
    internal void AbortConnection(TcpError error, bool sendReset = true)
    {
        if (_state == TcpState.Closed)
            return;
        if (sendReset && _state >= TcpState.SynReceived)
        {
            Transmit(_sendNext, TcpFlags.Rst | TcpFlags.Ack, 0, isNew: false, _stack.Now);
            _destination?.Via.Flush();
        }

        _tcp.Counters.Aborted++;
        BecomeClosed(error);
    }

    /// <summary>Both sides have finished: a record answers what comes still (RFC 9293, 3.6.1), and the endpoint is free of it.</summary>
    private void EnterTimeWait()
    {
        Instant now = _stack.Now;
        if (_ackNow)
            SendAcknowledgement(now);
        _tcp.Table.RemoveConversation(this);
        _tcp.TimeWaits.Add(this, new TcpTimeWaitNumbers
        {
            SendNext = _sendNext,
            ReceiveNext = _receiveNext,
            HasTimestamps = _hasTimestamps,
            RecentTimestamp = _recentTimestamp,
            TimestampOffset = _timestampOffset,
        }, now);
        EndConnection(TcpError.None);
    }

    private void BecomeClosed(TcpError error)
    {
        if (_state != TcpState.Closed)
            _tcp.Table.RemoveConversation(this);
        EndConnection(error);
    }

    // What has arrived can still be read.
    private void EndConnection(TcpError error)
    {
        _state = TcpState.Closed;
        Error = error;
        StopTimers();
        _unacknowledged.Clear();
        _early.Clear();
        _sent.Clear(_tcp.Records);
        _ackNow = false;
        if (_isOrphan)
            _tcp.Recycle(this);
        else
            WakeAll();
    }
}
