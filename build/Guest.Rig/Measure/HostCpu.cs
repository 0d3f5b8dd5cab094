using System;
using System.Globalization;
using System.IO;

namespace Guest.Rig.Measure;

/// <summary>The processor time that a process of the host has used.</summary>
public static class HostCpu
{
    /// <summary>The time of all threads that the process has now (/proc/PID/task/TID/schedstat, first field, nanoseconds).</summary>
    public static TimeSpan Of(int process)
    {
        long nanoseconds = 0;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(thread + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread ended in between.
            }
        }
        return TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
    }
}
