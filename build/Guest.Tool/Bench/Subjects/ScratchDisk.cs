using System;
using System.IO;

namespace Guest.Tool.Bench.Subjects;

/// <summary>A disk image to be read and written at will, gone afterwards, and what the disk appliance is told.</summary>
internal sealed class ScratchDisk : IDisposable
{
    /// <summary>The kernel's command line: the application asks for jobs.</summary>
    public const string CommandLine = "-- ask";

    /// <summary>How the console says that jobs are awaited.</summary>
    public const string ReadyLine = "disk: ";

    private const int Bytes = 16 << 20;

    /// <summary>Makes one, full of what no file system would leave out.</summary>
    public ScratchDisk()
    {
        byte[] content = new byte[Bytes];
        new Random(Bytes).NextBytes(content);
        File.WriteAllBytes(Path, content);
    }

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"guest-bench-{Environment.ProcessId}-{Guid.NewGuid():n}.img");

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);
}
