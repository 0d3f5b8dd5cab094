using System;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Web;

/// <summary>The first of all TCP connections, and how many more there are, for <see cref="MetricsPage"/>.</summary>
internal static class ConnectionMetrics
{
    /// <summary>Writes them.</summary>
    public static void Write(ByteWriter page, NetworkStack stack)
    {
        ReadOnlySpan<TcpConnectionInfo> connections = stack.LookAtConnections(out int more);
        page.Append("# HELP guest_tcp_connections How many connections there are.\n# TYPE guest_tcp_connections gauge\nguest_tcp_connections "u8);
        page.Append(connections.Length + more);
        page.Append("\n# HELP guest_tcp_connections_not_shown How many of them do not stand below.\n# TYPE guest_tcp_connections_not_shown gauge\nguest_tcp_connections_not_shown "u8);
        page.Append(more);
        page.Append("\n# HELP guest_tcp_connection What a connection stands at: microseconds, bytes, segments.\n# TYPE guest_tcp_connection gauge\n"u8);
        foreach (ref readonly TcpConnectionInfo info in connections)
        {
            WriteValue(page, in info, "roundTripMicroseconds", info.RoundTrip.Microseconds);
            WriteValue(page, in info, "congestionWindow", info.CongestionWindow);
            WriteValue(page, in info, "retransmissions", info.Retransmissions);
        }
    }

    private static void WriteValue(ByteWriter page, in TcpConnectionInfo info, string what, long value)
    {
        page.Append("guest_tcp_connection{state=\""u8);
        page.Append(info.State);
        WriteEnd(page, "\",local=\""u8, info.Local, info.LocalPort);
        WriteEnd(page, "\",remote=\""u8, info.Remote, info.RemotePort);
        page.Append("\",value=\""u8);
        page.Append(what);
        page.Append("\"} "u8);
        page.Append(value);
        page.Append("\n"u8);
    }

    private static void WriteEnd(ByteWriter page, ReadOnlySpan<byte> name, IpAddress address, ushort port)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        page.Append(name);
        page.Append(address.Format(text));
        page.Append(" "u8);
        page.Append(port);
    }
}
