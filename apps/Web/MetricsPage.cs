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
        for (int i = 0; i < TcpCounts.Names.Length; i++)
        {
            page.Append("guest_tcp_total{event=\""u8);
            page.Append(TcpCounts.Names[i]);
            WriteValue(page, TcpCounts.Of(stack, i));
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
