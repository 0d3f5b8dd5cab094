using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Subjects;

/// <summary>An application as a process of this host: what is left when there is no machine.</summary>
internal abstract class HostProcessSubject(string application)
    : Subject(new SubjectResult { System = "process", Path = "", Application = application })
{
    private Process? _process;

    public override int ProcessId => Process.Id;

    public override bool Runs => !Process.HasExited;

    /// <summary>The process, once it was launched.</summary>
    protected Process Process => _process!;

    public override void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
        base.Dispose();
    }

    /// <summary>Starts the process.</summary>
    protected void Launch(IReadOnlyList<string> prefix, string program, params IReadOnlyList<string> arguments) =>
        _process = Lifeline.Start(["setsid", .. prefix], program, arguments);

    /// <summary>Reads the next line that the process says, which must begin as is awaited.</summary>
    protected string WaitForLine(string start, TimeSpan patience)
    {
        using CancellationTokenSource late = new(patience);
        try
        {
            string line = Process.StandardOutput.ReadLineAsync(late.Token).AsTask().GetAwaiter().GetResult()
                ?? throw new RigException($"{Result.Name} ended where a line '{start}...' was awaited: {Process.StandardError.ReadToEnd().Trim()}");
            return line.StartsWith(start, StringComparison.Ordinal)
                ? line
                : throw new RigException($"Where a line '{start}...' was awaited {Result.Name} said: {line}");
        }
        catch (OperationCanceledException)
        {
            throw new RigException($"No line '{start}...' of {Result.Name} within {patience.TotalSeconds:0.#} s.");
        }
    }
}
