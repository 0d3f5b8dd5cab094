namespace Guest.Net.Stack;

/// <summary>What is shown of a connection.</summary>
public sealed partial class TcpEndpoint
{
    private long _retransmissions;

    private string StateName => _state switch
    {
        TcpState.SynSent => "syn-sent",
        TcpState.SynReceived => "syn-received",
        TcpState.Established => "established",
        TcpState.CloseWait => "close-wait",
        TcpState.FinWait1 => "fin-wait-1",
        TcpState.FinWait2 => "fin-wait-2",
        TcpState.Closing => "closing",
        TcpState.LastAck => "last-ack",
        _ => "closed",
    };

    internal void Describe(ref TcpConnectionInfo info)
    {
        info.State = StateName;
        info.RoundTrip = _roundTrip.Smoothed;
        info.CongestionWindow = _congestion.Window;
        info.SendWindow = _sendWindow;
        info.Unacknowledged = _unacknowledged.Length;
        info.Unread = _unread.Length;
        info.Retransmissions = _retransmissions;
    }

    private void CountRetransmission()
    {
        _retransmissions++;
        _tcp.Counters.Retransmissions++;
    }
}
