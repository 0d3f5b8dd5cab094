using System;
using Guest.Storage;

namespace DiskJobs;

/// <summary>Reads, writes, verifies and hashes a disk, and says what each job cost.</summary>
/// <remarks>
/// <c>[disk=NAME] JOB [key=value ...] [JOB ...]</c>, or <c>[disk=NAME] ask</c> to be told such lines on the console. Jobs: <c>read write randread randwrite randrw verify hash flush discard zero</c>.
/// Keys: <c>offset=</c>, <c>length=</c> (the rest of the disk), <c>block=</c> (4K), <c>depth=</c> (1), <c>count=</c> (blocks; all
/// of the range), <c>seed=</c> (1), <c>fill=</c> (1; 0 writes whatever is in memory). Numbers may end in K, M or G. <c>randrw</c> writes odd blocks and verifies even ones.
/// One line of JSON for each job; exit code 0 if none failed, 1 if one did, 2 for what cannot be understood. The same program
/// runs on Guest, where a disk is a device, and on Linux, where it is <c>disk=FILE</c>, or <c>disk=direct:FILE</c>: a file or block device past the
/// page cache, with as many requests at once as the job asks for.
/// </remarks>
internal static class Program
{
    private const int UsageExitCode = 2;
    private const string DiskKey = "disk=";

    private static int Main(string[] args)
    {
        ReadOnlySpan<string> words = args;
        string name = TakeDiskName(ref words) ?? "";
        bool asks = words.Length == 1 && words[0] == "ask";
        string? problem = null;
        JobOptions[] jobs = asks ? [] : JobOptions.Parse(words, out problem);
        if (!asks && problem is null && jobs.Length == 0)
            problem = "no job: read write randread randwrite randrw verify hash flush discard zero; or ask";
        if (problem is not null)
            return Refuse(problem, UsageExitCode);
        if (Disk.TryOpen(name, out problem) is not { } disk)
            return Refuse(problem!, 1);
        return (asks ? Asking.Run(disk) : Run(jobs, disk)) ? 0 : 1;
    }

    /// <summary>Runs jobs, one after another.</summary>
    /// <returns>Whether all succeeded.</returns>
    internal static bool Run(JobOptions[] jobs, Disk disk)
    {
        bool ok = true;
        foreach (JobOptions job in jobs)
            ok &= new Job(disk, job).Run();
        return ok;
    }

    /// <summary>Takes <c>disk=NAME</c> from the front of a line, if it is there.</summary>
    internal static string? TakeDiskName(ref ReadOnlySpan<string> words)
    {
        if (words.Length == 0 || !words[0].StartsWith(DiskKey, StringComparison.Ordinal))
            return null;
        string name = words[0][DiskKey.Length..];
        words = words[1..];
        return name;
    }

    private static int Refuse(string problem, int exitCode)
    {
        JsonLine.PrintError(problem);
        return exitCode;
    }
}
