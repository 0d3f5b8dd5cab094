using System;
using System.Collections.Generic;
using System.Text;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Subjects;

/// <summary>A guest on a path, with the instruments that its accelerator allows.</summary>
internal abstract class MachineSubject : Subject
{
    private readonly GuestPath _path;
    private readonly InstructionCounter? _instructions;
    private readonly AccessTrace? _accesses;
    private QemuGuest? _guest;

    /// <param name="system">The system's name in the results.</param>
    /// <param name="application">The application.</param>
    /// <param name="path">The path.</param>
    /// <param name="accelerator">What executes it; only QEMU's own can be looked into.</param>
    /// <param name="plugin">The plugin that counts instructions; null for none.</param>
    protected MachineSubject(string system, string application, GuestPath path, Accelerator accelerator, string? plugin)
        : base(new SubjectResult { System = system, Path = path.Name, Application = application })
    {
        _path = path;
        Accelerator = accelerator;
        if (accelerator == Accelerator.Tcg && plugin is not null)
        {
            _instructions = new InstructionCounter(plugin);
            _accesses = new AccessTrace();
        }
    }

    public override int ProcessId => _guest!.ProcessId;

    public override bool Runs => _guest!.Runs;

    public override InstructionCounter? Instructions => _instructions;

    public override bool HasPlainDevice => _path.IsPlain;

    public override bool ShowsAccesses => _accesses is not null;

    public override IReadOnlyList<string> DeviceRegions => [_path.RegionPrefix];

    /// <summary>What executes it.</summary>
    protected Accelerator Accelerator { get; }

    /// <summary>How its console says that it can be used.</summary>
    protected abstract string ReadyLine { get; }

    public override void Start()
    {
        QemuMachine machine = Complete(new QemuMachine
        {
            Kernel = "",
            Path = _accesses is null ? _path : _path.WithVisibleNotifications(),
            Accelerator = Accelerator,
            Network = new QemuNetwork.Tap(NetworkNamespace.TapName),
            Extra = [.. _instructions?.Arguments ?? [], .. _accesses?.Arguments ?? []],
        });
        _guest = QemuGuest.Boot(machine, machine.Network is null ? [] : Network.Prefix);
        _guest.WaitForLine(ReadyLine, BootPatience);
    }

    public override void StartAccessTrace() => _accesses!.Enable(_guest!.Qmp, on: true);

    public override IReadOnlyList<DeviceAccess> StopAccessTrace()
    {
        _accesses!.Enable(_guest!.Qmp, on: false);
        return _accesses.Read();
    }

    public override string Converse(string line, string answerStart, TimeSpan patience)
    {
        _guest!.Type(Encoding.ASCII.GetBytes(line + "\n"));
        return _guest.WaitForLine(answerStart, patience);
    }

    public override GuestCounters AskCounters() => GuestCounters.Ask(_guest!);

    public override string Report() => _guest?.Report() ?? "";

    public override void Dispose()
    {
        _guest?.Dispose();
        _instructions?.Dispose();
        _accesses?.Dispose();
        base.Dispose();
    }

    /// <summary>Says what is booted.</summary>
    protected abstract QemuMachine Complete(QemuMachine machine);
}
