using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>What a connection keeps while memory is short, and whether it keeps it for nothing (RFC 9293, 3.8.6.1; RFC 6429, 4).</summary>
public sealed partial class TcpEndpoint
{
    private TcpStall _toSendStall;
    private TcpStall _receivedStall;

    /// <summary>Whose buffers it keeps, as a rule.</summary>
    internal PacketPool? KeptPool => _destination?.Via.Pool;

    /// <summary>When a segment of the other side's arrived last.</summary>
    internal Instant LastArrival => _lastArrival;

    /// <summary>Looks whether the connection gets on.</summary>
    /// <param name="toSend">Whether what is kept to send is wanted back.</param>
    /// <param name="received">Whether what is kept received is.</param>
    /// <param name="heard">The time, which goes on only while memory is short and anything is heard of anybody: what happens while the network is away is nobody's fault.</param>
    /// <returns>For how long it has kept what is wanted for nothing, longer than is borne; nothing if it may go on.</returns>
    internal Duration StallOf(bool toSend, bool received, Instant heard)
    {
        Duration deaf = _toSendStall.Update(_queueStart, _unacknowledged.Length, _unacknowledged.Length != 0, heard);
        Duration unread = _receivedStall.Update(_receiveNext + -_unread.Length, _unread.Length, _unread.Length != 0 || !_early.IsEmpty, heard);
        Duration longest = Duration.Zero;

        // Who is asked ever more rarely is heard of ever more rarely; but it has answered for so long, and taken nothing.
        if (IsShut && _unacknowledged.Length != 0 && _lastArrival - _progressAt > deaf)
            deaf = _lastArrival - _progressAt;
        if (toSend && deaf >= (IsShut ? TcpShortage.Patience : TcpShortage.PatienceWithSilence))
            longest = deaf;
        if (received && unread >= TcpShortage.Patience && unread > longest)
            longest = unread;
        return longest;
    }

    // The other side answers, and takes nothing: what asks into a shut window counts as outstanding.
    private bool IsShut => _sendWindow < _segmentSize;

    /// <summary>Gives back what the connection keeps for nothing: at the worst it ends.</summary>
    internal void GiveUp()
    {
        bool isDeaf = _unacknowledged.Length != 0 && _toSendStall.Longer(in _receivedStall);
        if (!isDeaf && _unread.Length == 0)
        {
            // What waits behind a gap is sent again by who sent it.
            _early.Clear();
            _tcp.Counters.EarlyDropped++;
            return;
        }

        if (isDeaf)
            _tcp.Counters.DeafPeersGivenUp++;
        else
            _tcp.Counters.UnreadGivenUp++;
        _unread.Clear();
        AbortConnection(TcpError.NoMemory);
    }
}
