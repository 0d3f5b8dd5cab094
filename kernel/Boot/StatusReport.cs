using System;
using Guest.Core.Diagnostics;
using Guest.Net.Stack;
using Guest.Net.Wire;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>What the machine has cost so far, as lines of JSON that tools read: <c>counters {"device":"virtio-net0","notification":12,...}</c>,
/// and what its network stack has dropped.</summary>
internal static class StatusReport
{
    /// <summary>Prints a line for every device.</summary>
    public static void PrintDevices(ConsoleOutput output)
    {
        for (PathCounters? device = PathCounters.Last; device is not null; device = device.Previous)
            Print(output, device);
    }

    /// <summary>Prints a line for the hypervisor: every hypercall that was made, for whichever device, by its number.</summary>
    public static void PrintHypercalls(ConsoleOutput output, Hypercalls hypercalls)
    {
        output("counters {\"device\":\"xen\""u8);
        for (int number = 0; number < Hypercalls.Count; number++)
        {
            if (hypercalls.Made(number) == 0)
                continue;
            LogLine line = new(0, 0);
            line.AppendFormatted(",\"hypercall"u8);
            line.AppendFormatted(number);
            line.AppendFormatted("\":"u8);
            line.AppendFormatted(hypercalls.Made(number));
            output(line.Bytes);
        }

        output("}\n"u8);
    }

    /// <summary>Prints what the stack dropped and why, for each interface, then what it dropped before it chose one, and TCP's counts and connections: <c>drops
    /// {"interface":"virtio-net0","queueFull":3}</c>; and what went wrong with DHCP servers: <c>dhcp {"interface":"virtio-net0","refused":9}</c>; which servers its network has: <c>servers
    /// {"interface":"virtio-net0","names":["10.0.0.1"],"time":["10.0.0.3"]}</c>; and what went wrong with name servers: <c>dns {"of":"stack","silent":2}</c>.</summary>
    public static void PrintNetwork(ConsoleOutput output, NetworkStack stack)
    {
        for (int i = 0; i < stack.InterfaceCount; i++)
        {
            Print(output, stack[i].Name, stack[i].Drops);
            if (stack[i].DhcpTroubles is { } troubles)
                Print(output, stack[i].Name, troubles);
            PrintServers(output, stack[i]);
        }

        Print(output, "stack", stack.Drops);
        if (stack.DnsTroubles is { } names)
            Print(output, names);
        PrintTcp(output, stack);
    }

    // tcp {"accepted":3}, then a line for each of the first connections and, if there are others, one that says how many.
    private static void PrintTcp(ConsoleOutput output, NetworkStack stack)
    {
        output("tcp {\"counts\":\"all\""u8);
        for (int i = 0; i < TcpCounterNames.Count; i++)
            PrintCount(output, TcpCounterNames.NameOf(i), TcpCounterNames.Of(stack.TcpCounters, i));
        output("}\n"u8);
        ReadOnlySpan<TcpConnectionInfo> connections = stack.LookAtConnections(out int more);
        foreach (ref readonly TcpConnectionInfo info in connections)
            Print(output, in info);
        if (more != 0)
        {
            output("tcp {\"more\":\"connections\""u8);
            PrintCount(output, "count", more);
            output("}\n"u8);
        }
    }

    private static void Print(ConsoleOutput output, in TcpConnectionInfo info)
    {
        PrintName(output, "tcp {\"state\":\""u8, info.State);
        PrintEnd(output, ",\"local\":\""u8, info.Local, info.LocalPort);
        PrintEnd(output, ",\"remote\":\""u8, info.Remote, info.RemotePort);
        PrintCount(output, "roundTripMicroseconds", info.RoundTrip.Microseconds);
        PrintCount(output, "congestionWindow", info.CongestionWindow);
        PrintCount(output, "sendWindow", info.SendWindow);
        PrintCount(output, "unacknowledged", info.Unacknowledged);
        PrintCount(output, "unread", info.Unread);
        PrintCount(output, "retransmissions", info.Retransmissions);
        output("}\n"u8);
    }

    private static void PrintEnd(ConsoleOutput output, ReadOnlySpan<byte> name, IpAddress address, ushort port)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        LogLine line = new(0, 0);
        line.AppendFormatted(name);
        line.AppendFormatted(address.Format(text));
        line.AppendFormatted(" "u8);
        line.AppendFormatted((uint)port);
        line.AppendFormatted("\""u8);
        output(line.Bytes);
    }

    /// <summary>Prints a line for the processor and the memory: how many timers were fired, bytes that objects took so far, and bytes that are nobody's yet.</summary>
    public static void PrintProcessor(ConsoleOutput output, long ticks, long idleTicks, long timersFired, long allocatedBytes, ulong freeBytes)
    {
        LogLine line = new(0, 0);
        line.AppendFormatted("counters {\"device\":\"cpu\",\"busyCycles\":"u8);
        line.AppendFormatted(ticks - idleTicks);
        line.AppendFormatted(",\"idleCycles\":"u8);
        line.AppendFormatted(idleTicks);
        line.AppendFormatted(",\"timersFired\":"u8);
        line.AppendFormatted(timersFired);
        line.AppendFormatted(",\"allocatedBytes\":"u8);
        line.AppendFormatted(allocatedBytes);
        line.AppendFormatted(",\"freeBytes\":"u8);
        line.AppendFormatted(freeBytes);
        line.AppendFormatted("}"u8);
        output(line.Bytes);
        output("\n"u8);
    }

    private static void Print(ConsoleOutput output, PathCounters device)
    {
        PrintName(output, "counters {\"device\":\""u8, device.Name);
        for (int kind = 0; kind < PathCounters.Kinds; kind++)
            PrintCount(output, PathEventNames.Of((PathEvent)kind).Counter, device[(PathEvent)kind]);
        output("}\n"u8);
    }

    private static void Print(ConsoleOutput output, string name, DropCounters drops)
    {
        PrintName(output, "drops {\"interface\":\""u8, name);
        for (int cause = 0; cause < DropCounters.Causes; cause++)
            PrintCount(output, CounterNames.Of((DropCause)cause), drops[(DropCause)cause]);
        output("}\n"u8);
    }

    private static void Print(ConsoleOutput output, string name, DhcpTroubles troubles)
    {
        PrintName(output, "dhcp {\"interface\":\""u8, name);
        for (int kind = 0; kind < DhcpTroubles.Kinds; kind++)
            PrintCount(output, CounterNames.Of((DhcpTrouble)kind), troubles[(DhcpTrouble)kind]);
        output("}\n"u8);
    }

    private static void Print(ConsoleOutput output, DnsTroubles troubles)
    {
        output("dns {\"of\":\"stack\""u8);
        for (int kind = 0; kind < DnsTroubles.Kinds; kind++)
            PrintCount(output, CounterNames.Of((DnsTrouble)kind), troubles[(DnsTrouble)kind]);
        output("}\n"u8);
    }

    private static void PrintServers(ConsoleOutput output, NetworkInterface network)
    {
        PrintName(output, "servers {\"interface\":\""u8, network.Name);
        PrintAddresses(output, ",\"names\":["u8, network.NameServers);
        PrintAddresses(output, ",\"time\":["u8, network.TimeServers);
        output("}\n"u8);
    }

    private static void PrintAddresses(ConsoleOutput output, ReadOnlySpan<byte> begin, AddressList addresses)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        output(begin);
        for (int i = 0; i < addresses.Count; i++)
        {
            output(i == 0 ? "\""u8 : ",\""u8);
            output(addresses[i].Format(text));
            output("\""u8);
        }

        output("]"u8);
    }

    private static void PrintName(ConsoleOutput output, ReadOnlySpan<byte> begin, string name)
    {
        output(begin);
        LogLine line = new(0, 0);
        line.AppendFormatted(name);
        line.AppendFormatted("\""u8);
        output(line.Bytes);
    }

    /// <summary>Kinds that never happened are left out, so that a line stays short.</summary>
    private static void PrintCount(ConsoleOutput output, string name, long count)
    {
        if (count == 0)
            return;
        LogLine line = new(0, 0);
        line.AppendFormatted(",\""u8);
        line.AppendFormatted(name);
        line.AppendFormatted("\":"u8);
        line.AppendFormatted(count);
        output(line.Bytes);
    }
}
