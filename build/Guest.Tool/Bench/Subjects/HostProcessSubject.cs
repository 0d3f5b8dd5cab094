using System.Collections.Generic;
using System.Diagnostics;
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
}
