using Guest.Core.Diagnostics;
using Guest.Net.Stack;

namespace Web;

/// <summary>The counters in Prometheus' text format, version 0.0.4.</summary>
internal static class MetricsPage
{
    /// <summary>Writes it.</summary>
    public static void Write(ByteWriter page)
    {
        page.Append("# HELP guest_device_total What a device has cost, by kind of event.\n# TYPE guest_device_total counter\n"u8);
        for (PathCounters? device = PathCounters.Last; device is not null; device = device.Previous)
            WriteDevice(page, device);
        page.Append("# HELP guest_tcp_total What has happened to TCP connections.\n# TYPE guest_tcp_total counter\n"u8);
        if (NetworkStack.Current is not { } stack)
            return;
        for (int i = 0; i < TcpCounterNames.Count; i++)
        {
            page.Append("guest_tcp_total{event=\""u8);
            page.Append(TcpCounterNames.NameOf(i));
            WriteValue(page, TcpCounterNames.Of(stack.TcpCounters, i));
        }

        WriteDrops(page, stack);
        ConnectionMetrics.Write(page, stack);
    }

    private static void WriteDrops(ByteWriter page, NetworkStack stack)
    {
        page.Append("# HELP guest_dropped_total Packets that the stack gave up, by cause.\n# TYPE guest_dropped_total counter\n"u8);
        for (int cause = 0; cause < DropCounters.Causes; cause++)
        {
            long total = stack.Drops[(DropCause)cause];
            for (int i = 0; i < stack.InterfaceCount; i++)
                total += stack[i].Drops[(DropCause)cause];
            page.Append("guest_dropped_total{cause=\""u8);
            page.Append(DropCauseNames.Of((DropCause)cause));
            WriteValue(page, total);
        }
    }

    private static void WriteDevice(ByteWriter page, PathCounters device)
    {
        for (int kind = 0; kind < PathCounters.Kinds; kind++)
        {
            page.Append("guest_device_total{device=\""u8);
            page.Append(device.Name);
            page.Append("\",event=\""u8);
            page.Append(PathEventNames.Of((PathEvent)kind).Counter);
            WriteValue(page, device[(PathEvent)kind]);
        }
    }

    private static void WriteValue(ByteWriter page, long value)
    {
        page.Append("\"} "u8);
        page.Append(value);
        page.Append("\n"u8);
    }
}
