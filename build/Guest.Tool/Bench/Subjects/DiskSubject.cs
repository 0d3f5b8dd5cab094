using System.Collections.Generic;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Timelines;

namespace Guest.Tool.Bench.Subjects;

/// <summary>The disk appliance, with a disk and without a network, waiting for jobs on its console.</summary>
internal sealed class DiskSubject(string application, string image, GuestPath path, Accelerator accelerator, string? plugin)
    : MachineSubject("guest", application, path, accelerator, plugin)
{
    private readonly ScratchDisk _disk = new();

    public override bool CountsItself => true;

    public override CodeMap MapCode(SymbolTable symbols) => new CodeMap([]).With(CodeRange.Guest, symbols, GuestStages.Table);

    public override IReadOnlyList<string> DeviceRegions { get; } = path.DiskRegionPrefixes;

    protected override string ReadyLine => ScratchDisk.ReadyLine;

    public override void Dispose()
    {
        base.Dispose();
        _disk.Dispose();
    }

    protected override QemuMachine Complete(QemuMachine machine) => machine with
    {
        Kernel = image,
        Network = null,
        Disk = _disk.Path,
        CommandLine = ScratchDisk.CommandLine,
    };
}
