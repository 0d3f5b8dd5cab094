using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A connection as a person wants to see it.</summary>
public struct TcpConnectionInfo
{
    /// <summary>Where it stands, by RFC 9293's name in small letters: <c>established</c>.</summary>
    public string State;

    /// <summary>This host's address.</summary>
    public IpAddress Local;

    /// <summary>This host's port.</summary>
    public ushort LocalPort;

    /// <summary>The other host's address.</summary>
    public IpAddress Remote;

    /// <summary>The other host's port.</summary>
    public ushort RemotePort;

    /// <summary>How long a round trip takes, smoothed (RFC 6298); 0 if it was not measured.</summary>
    public Duration RoundTrip;

    /// <summary>Bytes that may be on their way at once (RFC 5681, cwnd); 0 before there is a connection, and after it.</summary>
    public int CongestionWindow;

    /// <summary>Bytes that the other side takes (SND.WND).</summary>
    public int SendWindow;

    /// <summary>Bytes that were sent and are not acknowledged, or wait to be sent.</summary>
    public int Unacknowledged;

    /// <summary>Bytes that were received and that the application has not read.</summary>
    public int Unread;

    /// <summary>Segments that were sent again since the connection began.</summary>
    public long Retransmissions;
}
