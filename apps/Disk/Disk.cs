using System;
using Guest.Storage;

namespace DiskJobs;

/// <summary>Reads, writes, verifies and hashes a disk, and says what each job cost.</summary>
/// <remarks>
/// <c>[disk=NAME] JOB [key=value ...] [JOB ...]</c>, or <c>[disk=NAME] ask</c> to be told jobs on the console. Jobs: <c>read write randread randwrite randrw verify hash flush discard zero</c>.
/// Keys: <c>offset=</c>, <c>length=</c> (the rest of the disk), <c>block=</c> (4K), <c>depth=</c> (1), <c>count=</c> (blocks; all
/// of the range), <c>seed=</c> (1), <c>fill=</c> (1; 0 writes whatever is in memory). Numbers may end in K, M or G. <c>randrw</c> writes odd blocks and verifies even ones.
/// One line of JSON for each job; exit code 0 if none failed, 1 if one did, 2 for what cannot be understood. The same program
/// runs on Guest, where a disk is a device, and on Linux, where it is <c>disk=FILE</c>, or <c>disk=direct:FILE</c>: a file or block device past the
/// page cache, with as many requests at once as the job asks for.
/// </remarks>
internal static class Program
{
    private const int UsageExitCode = 2;

    private static int Main(string[] args)
    {
        int at = 0;
        string name = "";
        if (args.Length != 0 && args[0].StartsWith("disk=", StringComparison.Ordinal))
            name = args[at++][5..];
        bool asks = args.Length == at + 1 && args[at] == "ask";
        string? problem = null;
        JobOptions[] jobs = asks ? [] : JobOptions.Parse(args.AsSpan(at), out problem);
        if (!asks && problem is null && jobs.Length == 0)
            problem = "no job: read write randread randwrite randrw verify hash flush discard zero; or ask";
        if (problem is not null)
            return Refuse(problem, UsageExitCode);
        if (Disk.TryOpen(name, out problem) is not { } disk)
            return Refuse(problem!, 1);
        if (asks)
            return Asking.Run(disk) ? 0 : 1;
        bool ok = true;
        foreach (JobOptions job in jobs)
            ok &= new Job(disk, job).Run();
        return ok ? 0 : 1;
    }

    private static int Refuse(string problem, int exitCode)
    {
        JsonLine.PrintError(problem);
        return exitCode;
    }
}
