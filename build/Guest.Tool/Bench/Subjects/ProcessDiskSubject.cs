using System;
using System.Diagnostics;
using System.Threading;
using Guest.Rig;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Subjects;

/// <summary>The disk application as a process of this host, on the file itself, past the page cache.</summary>
internal sealed class ProcessDiskSubject(string application, string program)
    : Subject(new SubjectResult { System = "process", Path = "", Application = application })
{
    private readonly ScratchDisk _disk = new();
    private Process? _process;

    public override int ProcessId => _process!.Id;

    public override void Start()
    {
        _process = Process.Start(new ProcessStartInfo(program, [$"disk=direct:{_disk.Path}", "ask"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        WaitForLine(ScratchDisk.ReadyLine, BootPatience);
    }

    public override string Converse(string line, string answerStart, TimeSpan patience)
    {
        _process!.StandardInput.WriteLine(line);
        return WaitForLine(answerStart, patience);
    }

    public override void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
        _disk.Dispose();
        base.Dispose();
    }

    private string WaitForLine(string start, TimeSpan patience)
    {
        using CancellationTokenSource late = new(patience);
        try
        {
            string? line = _process!.StandardOutput.ReadLineAsync(late.Token).AsTask().GetAwaiter().GetResult();
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
