using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Web;

/// <summary>The first page: what the program stands on, and what that has cost so far.</summary>
internal static class StatusPage
{
    /// <summary>Writes it.</summary>
    public static void Write(ByteWriter page)
    {
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"u8);
        page.Append("<meta http-equiv=\"refresh\" content=\"2\"><title>Guest</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body>\n"u8);
        page.Append("<h1>Guest: "u8);
        page.Append(Platform.Current is { } platform ? platform.Name : "a Linux process");
        page.Append("</h1>\n<p>A web server in C# with its own kernel below it. What its devices have cost since the machine began, shown anew every two seconds. As numbers only: "u8);
        page.Append("<a href=\"/metrics\">/metrics</a>. Other pages: <a href=\"/small\">/small</a>, <a href=\"/large\">/large</a>.</p>\n"u8);
        for (PathCounters? device = PathCounters.Last; device is not null; device = device.Previous)
            WriteDevice(page, device);
        if (NetworkStack.Current is { } stack)
            WriteStack(page, stack);
        page.Append("</body></html>\n"u8);
    }

    private static void WriteDevice(ByteWriter page, PathCounters device)
    {
        Begin(page, device.Name);
        for (int kind = 0; kind < PathCounters.Kinds; kind++)
            WriteRow(page, PathEventNames.Of((PathEvent)kind).Counter, device[(PathEvent)kind]);
        page.Append("</table>\n"u8);
    }

    private static void WriteStack(ByteWriter page, NetworkStack stack)
    {
        Begin(page, "TCP");
        for (int i = 0; i < TcpCounterNames.Count; i++)
            WriteRow(page, TcpCounterNames.NameOf(i), TcpCounterNames.Of(stack.TcpCounters, i));
        page.Append("</table>\n"u8);
        WriteConnections(page, stack);
    }

    private static void WriteConnections(ByteWriter page, NetworkStack stack)
    {
        page.Append("<h2>Connections</h2>\n<table>\n"u8);
        Span<byte> address = stackalloc byte[IpAddress.TextCapacity];
        ReadOnlySpan<TcpConnectionInfo> connections = stack.LookAtConnections(out int more);
        foreach (ref readonly TcpConnectionInfo info in connections)
        {
            page.Append("<tr><td>"u8);
            page.Append(info.Remote.Format(address));
            page.Append(" "u8);
            page.Append(info.RemotePort);
            page.Append("</td><td>"u8);
            page.Append(info.State);
            page.Append("</td><td>"u8);
            page.Append(info.RoundTrip.Microseconds);
            page.Append(" us</td></tr>\n"u8);
        }

        WriteRow(page, "others", more);
        page.Append("</table>\n"u8);
    }

    private static void Begin(ByteWriter page, string title)
    {
        page.Append("<h2>"u8);
        page.Append(title);
        page.Append("</h2>\n<table>\n"u8);
    }

    private static void WriteRow(ByteWriter page, string name, long count)
    {
        if (count == 0)
            return;
        page.Append("<tr><td>"u8);
        page.Append(name);
        page.Append("</td><td>"u8);
        page.Append(count);
        page.Append("</td></tr>\n"u8);
    }
}
