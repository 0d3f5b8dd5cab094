using System.Diagnostics;
using System.Globalization;
using System.Net;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Subjects;

/// <summary>The application as a process of this host, over the loopback: what is left when there is no machine.</summary>
internal sealed class ProcessSubject(string application, string program)
    : Subject(new SubjectResult { System = "process", Path = "", Application = application })
{
    private const int FirstUnprivilegedPort = 7007;

    private Process? _process;

    public override IPAddress Address => IPAddress.Loopback;

    public override int Port => FirstUnprivilegedPort;

    public override int ProcessId => _process!.Id;

    public override bool Runs => !_process!.HasExited;

    public override void Start()
    {
        _process = Lifeline.Start(["setsid", .. Network.Prefix], program, ["--port", Port.ToString(CultureInfo.InvariantCulture)]);
        if (_process.StandardOutput.ReadLine() is null)
            throw new RigException($"{program} ended at once: {_process.StandardError.ReadToEnd().Trim()}");
    }

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
}
