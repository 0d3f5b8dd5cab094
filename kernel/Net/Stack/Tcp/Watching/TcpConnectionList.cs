using System;

namespace Guest.Net.Stack;

/// <summary>The first of all connections, for those who want to see them; the memory for it is taken when it is asked for, once.</summary>
internal sealed class TcpConnectionList(TcpConnections tcp)
{
    /// <summary>How many are shown: a list of all could be longer than anybody reads, and would hold up what it tells of.</summary>
    public const int Most = 16;

    private readonly TcpConnectionInfo[] _infos = new TcpConnectionInfo[Most];

    /// <summary>Looks at the connections, those that are not open yet and those in TIME-WAIT with them.</summary>
    /// <param name="more">How many there are beside those that are returned.</param>
    public ReadOnlySpan<TcpConnectionInfo> Look(out int more)
    {
        int shown = 0;
        for (int bucket = 0; bucket < tcp.Table.FlowBuckets && shown < Most; bucket++)
        {
            for (Endpoint? each = tcp.Table.FirstInFlows(bucket); each is not null && shown < Most; each = each.NextInFlows)
            {
                if (each is not UdpEndpoint)
                    Describe(each, out _infos[shown++]);
            }
        }

        more = Math.Max(tcp.Count + tcp.HalfOpens.Count + tcp.TimeWaits.Count - shown, 0);
        return _infos.AsSpan(0, shown);
    }

    private static void Describe(Endpoint connection, out TcpConnectionInfo info)
    {
        info = new TcpConnectionInfo
        {
            State = connection is TcpHalfOpen ? "syn-received" : "time-wait",
            Local = connection.LocalAddress,
            LocalPort = connection.LocalPort,
            Remote = connection.RemoteAddress,
            RemotePort = connection.RemotePort,
        };
        if (connection is TcpEndpoint open)
            open.Describe(ref info);
    }
}
