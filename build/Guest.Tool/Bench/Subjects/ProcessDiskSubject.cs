using System;
using System.Threading;
using Guest.Rig;

namespace Guest.Tool.Bench.Subjects;

/// <summary>The disk's jobs by a process of this host, on the file itself, past the page cache.</summary>
internal sealed class ProcessDiskSubject(string application, string program) : HostProcessSubject(application)
{
    private readonly ScratchDisk _disk = new();

    public override void Start()
    {
        Launch([], program, $"disk=direct:{_disk.Path}", "ask");
        WaitForLine(ScratchDisk.ReadyLine, BootPatience);
    }

    public override string Converse(string line, string answerStart, TimeSpan patience)
    {
        Process.StandardInput.WriteLine(line);
        return WaitForLine(answerStart, patience);
    }

    public override void Dispose()
    {
        base.Dispose();
        _disk.Dispose();
    }

    private string WaitForLine(string start, TimeSpan patience)
    {
        using CancellationTokenSource late = new(patience);
        try
        {
            string? line = Process.StandardOutput.ReadLineAsync(late.Token).AsTask().GetAwaiter().GetResult();
            return line is not null && line.StartsWith(start, StringComparison.Ordinal)
                ? line
                : throw new RigException($"Where a line '{start}...' was awaited {program} said: {line ?? "nothing, and ended"}");
        }
        catch (OperationCanceledException)
        {
            throw new RigException($"No line '{start}...' of {program} within {patience.TotalSeconds:0.#} s.");
        }
    }
}
