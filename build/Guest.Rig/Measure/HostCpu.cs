using System;
using System.Globalization;
using System.IO;

namespace Guest.Rig.Measure;

/// <summary>The processor time that a process of the host has used.</summary>
public static class HostCpu
{
    // USER_HZ, which Linux fixes for what it shows in /proc.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of a process, all its threads (proc(5), /proc/pid/stat, fields 14 and 15).</summary>
    public static TimeSpan Of(int process)
    {
        string line = File.ReadAllText($"/proc/{process}/stat");
        // The second field, in brackets, may hold anything.
        string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
