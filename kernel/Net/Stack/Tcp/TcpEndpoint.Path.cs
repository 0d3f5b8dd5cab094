using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The longest packet that the path carries (RFC 1191, RFC 8201), where routers tell it, and where they do not (RFC 2923, 2.1; RFC 4821).</summary>
public sealed partial class TcpEndpoint
{
    // RFC 1191, 7.1, and what every path of today carries: a router that speaks of less is not believed.
    private const int LeastPathSegment = 536;

    // After so many time-outs in a row that full segments met, shorter ones are tried.
    private const int TimeoutsOfBlackHole = 2;

    // The MTUs that there are where a router does not say its own (RFC 1191, 7.1), from those that are in use.
    private static readonly short[] s_plateaus = [8166, 4352, 2002, 1492, 1006, 576];

    /// <summary>A router, or the other host, says that a packet of ours could not be delivered (RFC 9293, 3.9.2.2; RFC 5927).</summary>
    /// <param name="code">Why.</param>
    /// <param name="mtu">The longest packet that the next link takes; 0 from routers that do not say.</param>
    /// <param name="sequence">The number of the segment's first byte, as it is quoted: who does not see the connection cannot know it (RFC 5927, 4).</param>
    internal void InputError(IcmpUnreachable code, int mtu, SequenceNumber sequence)
    {
        if (sequence < _sendUnacknowledged || sequence >= _sendNext)
            return;
        if (code == IcmpUnreachable.FragmentationNeeded)
            OnPacketTooLong(mtu);
        else if (_state == TcpState.SynSent && code is IcmpUnreachable.Protocol or IcmpUnreachable.Port)
            AbortConnection(TcpError.Refused);

        // All others are signs of trouble that may pass (MUST-56): the time-outs decide.
    }

    private void OnPacketTooLong(int mtu)
    {
        int headers = TcpHeader.Size + (RemoteAddress.IsIpv4 ? Ipv4Header.Size : Ipv6Header.Size);
        if (mtu < headers)
            mtu = NextPlateau(_segmentSize + TimestampsLength + headers);
        int before = _segmentSize;
        LimitPath(mtu - headers);
        if (_segmentSize >= before)
            return;

        // What was too long is lost, and the path's congestion is not why (RFC 1191, 6.5).
        _tcp.Counters.PathReductions++;
        for (SentSegment? at = _sent.First; at is not null; at = at.Next)
        {
            if (at.Fate == SegmentFate.InFlight && at.Length > _segmentSize)
                _sent.SetFate(at, SegmentFate.Lost);
        }

        Instant now = _stack.Now;
        Output(now);
        ScheduleRetransmission(now);
    }

    private static int NextPlateau(int packet)
    {
        foreach (short plateau in s_plateaus)
        {
            if (plateau < packet)
                return plateau;
        }

        return s_plateaus[^1];
    }

    /// <summary>Nothing gets through and nobody says why: maybe the packets are too long for a router that is silent about it.</summary>
    private void NoticeBlackHole()
    {
        if (_backoff < TimeoutsOfBlackHole || _segmentSize + TimestampsLength <= LeastPathSegment || _sent.First is not { } first || first.Length < _segmentSize)
            return;
        LimitPath(Math.Max(_segmentSize / 2, LeastPathSegment));
    }

    private void LimitPath(int segment)
    {
        _pathSegment = Math.Max(segment, LeastPathSegment);
        if (FindDestination() is { } destination)
            SetSegmentSize(TcpLayer.SegmentFor(destination));
    }
}
