using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Guest.Rig.Network.Streams;

/// <summary>What Linux counts of TCP in a network that is not as it is when nothing is lost.</summary>
public static class SentAgain
{
    // Documentation/networking/snmp_counter.rst: sent again by Linux; come again, in order and out of order; come with a gap before it.
    private static readonly (string Protocol, string Counter)[] s_counters =
        [("Tcp", "RetransSegs"), ("TcpExt", "TCPDSACKOldSent"), ("TcpExt", "TCPDSACKOfoSent"), ("TcpExt", "TCPOFOQueue")];

    /// <summary>Segments that were sent again, by either side, or lost, since the network was made.</summary>
    public static long CountIn(NetworkNamespace? network) => network is null ? Count() : network.Inside(Count);

    /// <summary>Adds up the counters of files as those of /proc/net: a line of names, a line of numbers.</summary>
    internal static long Count(IEnumerable<string> lines)
    {
        long sum = 0;
        string[] names = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (names.Length == 0 || names[0] != words[0])
            {
                names = words;
                continue;
            }

            for (int i = 1; i < Math.Min(words.Length, names.Length); i++)
            {
                if (Array.IndexOf(s_counters, (words[0].TrimEnd(':'), names[i])) >= 0)
                    sum += long.Parse(words[i], CultureInfo.InvariantCulture);
            }

            names = [];
        }

        return sum;
    }

    private static long Count() =>
        Count(File.ReadLines("/proc/thread-self/net/snmp")) + Count(File.ReadLines("/proc/thread-self/net/netstat"));
}
