using System;
using System.Globalization;
using System.IO;
using Guest.Rig;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>Where a run leaves its report. Made before anything is measured: that it cannot be written should not be found out at the end.</summary>
internal sealed class ReportFolder
{
    /// <summary>The report for people.</summary>
    public const string Report = "report.html";

    // Many times what the largest report has.
    private const long LeastFree = 64 << 20;

    private ReportFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes one for a run, and one for each of two that begin in the same second.</summary>
    /// <param name="parent">Where the reports of all runs are.</param>
    /// <param name="started">When the run began, after which it is called.</param>
    public static ReportFolder Create(string parent, DateTimeOffset started)
    {
        string name = started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string path = System.IO.Path.Combine(parent, name);
        return Attempt(path, () =>
        {
            Directory.CreateDirectory(parent);
            long free = new DriveInfo(parent).AvailableFreeSpace;
            if (free < LeastFree)
                throw new IOException($"{free >> 20} MiB are free, and {LeastFree >> 20} MiB should be");
            for (int others = 1; !TryTake(path); others++)
                path = System.IO.Path.Combine(parent, $"{name}-{others}");
            return new ReportFolder(path);
        });
    }

    /// <summary>Writes everything.</summary>
    public void Write(BenchResults results) => Attempt(Path, () =>
    {
        ResultFile.Write(System.IO.Path.Combine(Path, ResultFile.Name), results);
        HtmlReport.Write(System.IO.Path.Combine(Path, Report), results);
        return true;
    });

    /// <summary>Removes the folder of a run that found nothing.</summary>
    public void Remove() => Directory.Delete(Path, recursive: true);

    // A directory that is there already can be "made" again; a file cannot.
    private static bool TryTake(string path)
    {
        Directory.CreateDirectory(path);
        try
        {
            using FileStream file = new(System.IO.Path.Combine(path, ResultFile.Name), FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(System.IO.Path.Combine(path, ResultFile.Name)))
        {
            return false;
        }
    }

    private static T Attempt<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new RigException($"The report cannot be written to {path}: {problem.Message.TrimEnd('.')}. Make room there, or make it writable.", problem);
        }
    }
}
