using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Disk;

/// <summary>apps/Disk on a path of QEMU's, with one disk.</summary>
internal sealed record DiskGuest(string Path, string Image)
{
    private const string JobStart = "{\"job\":";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>What QEMU opens the image by, with a format's or a filter's options: <c>,readonly=on</c>.</summary>
    public string DriveOptions { get; init; } = "";

    /// <summary>Further properties of the disk: <c>,logical_block_size=4096</c>.</summary>
    public string DeviceOptions { get; init; } = "";

    /// <summary>Options for the kernel.</summary>
    public string KernelOptions { get; init; } = "";

    /// <summary>Further arguments of QEMU's.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Boots, and does not wait.</summary>
    public QemuGuest Boot(string jobs)
    {
        GuestPath path = GuestPaths.Parse(Path);
        return QemuGuest.Boot(Appliance.Machine("disk", Path) with
        {
            Path = path with { DiskDevice = [.. path.DiskDevice.SkipLast(1), path.DiskDevice[^1] + DeviceOptions] },
            Network = null,
            Disk = Image,
            DiskOptions = DriveOptions,
            CommandLine = $"{KernelOptions} -- {jobs}".Trim(),
            Extra = Extra,
        });
    }

    /// <summary>Boots, waits for the end, and returns the jobs' lines.</summary>
    /// <param name="jobs">The application's command line.</param>
    /// <param name="exitCode">How it must end.</param>
    public IReadOnlyList<JsonElement> Run(string jobs, int exitCode = 0)
    {
        using QemuGuest guest = Boot(jobs);
        GuestEnd end = guest.WaitForEnd(s_patience);
        Assert.True(end == new GuestEnd(GuestEndKind.Exited, exitCode), $"{end}\n{guest.Report()}");
        return Lines(guest.Console);
    }

    /// <summary>Takes the jobs' lines from a console.</summary>
    public static IReadOnlyList<JsonElement> Lines(IEnumerable<string> console) =>
        [.. console.Where(line => line.StartsWith(JobStart, StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>A count of a job's line; kinds of cost that did not occur are not in it.</summary>
    public static long Count(JsonElement job, string name) => job.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;
}
