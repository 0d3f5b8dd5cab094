using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Integration.Tests.Disk;

/// <summary>The same program as a Linux process, its disk a file.</summary>
public sealed class DiskFileTests : IDisposable
{
    private const int DiskBytes = 4 << 20;

    private readonly DiskImage _image = new(DiskBytes);

    public void Dispose() => _image.Dispose();

    [Fact]
    public void It_reads_and_writes_a_file_as_a_guest_does_its_disk()
    {
        string hash = _image.Hash(DiskBytes);
        _image.WriteRandomly(4096, count: 300, seed: 7);

        IReadOnlyList<JsonElement> jobs = Run(0, "hash", "randwrite", "count=300", "depth=8", "seed=7", "flush");

        Assert.Equal(hash, jobs[0].GetProperty("sha256").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        IReadOnlyList<JsonElement> jobs = Run(1, "read", "offset=4M", "count=1", "write", "offset=100", "count=1");

        Assert.Equal(["out of range", "unaligned"], jobs.Select(job => job.GetProperty("firstError").GetString()));
        _image.AssertAsModel();
    }

    private IReadOnlyList<JsonElement> Run(int exitCode, params string[] jobs)
    {
        // The solution's build leaves it there.
        string program = new DirectoryInfo(Path.Combine(Repository.Find().Root, "artifacts", "bin", "Disk"))
            .EnumerateFiles("Disk.dll", SearchOption.AllDirectories)
            .MaxBy(file => file.LastWriteTimeUtc)!.FullName;
        ShellResult result = Shell.Run("dotnet", [program, $"disk={_image.Path}", .. jobs]);
        Assert.True(result.ExitCode == exitCode, result.Output + result.Errors);
        return DiskGuest.Lines(result.Output.Split('\n'));
    }
}
