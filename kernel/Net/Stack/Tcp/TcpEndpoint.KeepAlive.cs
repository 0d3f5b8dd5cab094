using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Finding out whether the other side is still there, though nobody has anything to say (RFC 9293, 3.8.4).</summary>
public sealed partial class TcpEndpoint
{
    private Instant _lastArrival;
    private int _unansweredProbes;

    /// <summary>Whether the other side is asked when it was silent for long. Off unless asked for (MUST-25).</summary>
    public bool KeepAlive
    {
        get;
        set
        {
            field = value;
            if (value && _state >= TcpState.Established)
                StartKeepAlive();
        }
    }

    /// <summary>For how long the other side may be silent before it is asked; two hours unless set (MUST-28).</summary>
    public Duration KeepAliveIdle { get; set; }

    /// <summary>For how long an answer is waited for before it is asked again.</summary>
    public Duration KeepAliveInterval { get; set; }

    /// <summary>How many questions may be unanswered before the connection is given up; one alone proves nothing (MUST-26).</summary>
    public int KeepAliveProbes { get; set; }

    private void StartKeepAlive()
    {
        if (_unansweredProbes == 0)
            _keepAliveAt = _lastArrival + KeepAliveIdle;
        Expect(_keepAliveAt);
    }

    private void OnKeepAliveDue(Instant now)
    {
        _keepAliveAt = Instant.Never;
        if (!KeepAlive || _state < TcpState.Established)
            return;

        // Nobody moves the deadline at each arrival; and while something is unacknowledged, asking is the retransmission's business.
        Instant due = _lastArrival + KeepAliveIdle;
        if ((_unansweredProbes == 0 && now < due) || _sent.Outstanding != 0)
        {
            _unansweredProbes = 0;
            _keepAliveAt = due > now ? due : now + KeepAliveInterval;
            return;
        }

        if (_unansweredProbes >= KeepAliveProbes)
        {
            AbortConnection(TcpError.TimedOut);
            return;
        }

        // A number that the other side has acknowledged: it answers with what it expects (3.8.4).
        _unansweredProbes++;
        SendEmpty(_sendUnacknowledged + -1);
        _keepAliveAt = now + KeepAliveInterval;
    }
}
