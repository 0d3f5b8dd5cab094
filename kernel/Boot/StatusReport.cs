using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>What the machine has cost so far, as lines of JSON that tools read: <c>counters {"device":"virtio-net0","notification":12,...}</c>.</summary>
internal static class StatusReport
{
    private static readonly string[] s_names =
    [
        "notification", "notificationSuppressed", "interrupt", "spuriousInterrupt", "registerRead", "registerWrite", "portRead", "portWrite",
        "hypercall", "grantOperation", "pageTableOperation", "descriptor", "received", "sent", "receivedBytes", "sentBytes",
        "copiedBytes", "summedBytes", "burst", "overrun", "violation", "reset",
    ];

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

    /// <summary>Prints a line for the processor and the heap.</summary>
    public static void PrintProcessor(ConsoleOutput output, long ticks, long idleTicks, long allocatedBytes)
    {
        LogLine line = new(0, 0);
        line.AppendFormatted("counters {\"device\":\"cpu\",\"busyCycles\":"u8);
        line.AppendFormatted(ticks - idleTicks);
        line.AppendFormatted(",\"idleCycles\":"u8);
        line.AppendFormatted(idleTicks);
        line.AppendFormatted(",\"allocatedBytes\":"u8);
        line.AppendFormatted(allocatedBytes);
        line.AppendFormatted("}"u8);
        output(line.Bytes);
        output("\n"u8);
    }

    /// <summary>Kinds that never happened are left out, so that a line stays short.</summary>
    private static void Print(ConsoleOutput output, PathCounters device)
    {
        output("counters {\"device\":\""u8);
        LogLine name = new(0, 0);
        name.AppendFormatted(device.Name);
        name.AppendFormatted("\""u8);
        output(name.Bytes);
        for (int kind = 0; kind < PathCounters.Kinds; kind++)
        {
            long count = device[(PathEvent)kind];
            if (count == 0)
                continue;
            LogLine line = new(0, 0);
            line.AppendFormatted(",\""u8);
            line.AppendFormatted(s_names[kind]);
            line.AppendFormatted("\":"u8);
            line.AppendFormatted(count);
            output(line.Bytes);
        }

        output("}\n"u8);
    }
}
