using System;
using Guest.Storage;

namespace DiskJobs;

/// <summary>Takes jobs from the console, a line at a time, for as long as somebody types any: what measures a job can rest before and after it.</summary>
internal static class Asking
{
    private const int MostWords = 16;

    /// <summary>Runs until an empty line, or the end of the input.</summary>
    /// <returns>Whether all was understood and every job succeeded.</returns>
    public static bool Run(Disk disk)
    {
        Console.WriteLine(string.Concat("disk: ", disk.DeviceName, "; type jobs, an empty line ends"));
        bool ok = true;
        while (Console.ReadLine() is { Length: > 0 } line)
        {
            if (TryRun(line, ref disk, out string? problem))
                continue;
            if (problem is not null)
                JsonLine.PrintError(problem);
            ok = false;
        }

        return ok;
    }

    /// <summary>Runs the jobs of a line. A disk that it names, which may have been attached since, is that of the next lines too.</summary>
    private static bool TryRun(string line, ref Disk disk, out string? problem)
    {
        ReadOnlySpan<string> words = Split(line);
        if (Program.TakeDiskName(ref words) is { } name)
        {
            if (Disk.TryOpen(name, out problem) is not { } other)
                return false;
            disk.Dispose();
            disk = other;
        }

        JobOptions[] jobs = JobOptions.Parse(words, out problem);
        return problem is null && Program.Run(jobs, disk);
    }

    /// <summary>The words of a line; what is too much stays in the last, where it cannot be understood.</summary>
    private static ReadOnlySpan<string> Split(string line)
    {
        string[] words = new string[MostWords];
        int count = 0;
        int at = 0;
        while (at < line.Length)
        {
            int end = count == MostWords - 1 ? -1 : line.IndexOf(' ', at);
            if (end < 0)
                end = line.Length;
            if (end > at)
                words[count++] = line.Substring(at, end - at);
            at = end + 1;
        }

        return words.AsSpan(0, count);
    }
}
