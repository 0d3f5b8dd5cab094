using System;

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
}
