using System.Collections.Generic;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Debian's Linux on the same disk controllers, doing the same jobs by the same program.</summary>
internal sealed class LinuxDiskSubject(string application, LinuxGuest linux, GuestPath path, Accelerator accelerator, string? plugin)
    : MachineSubject("linux", application, path, accelerator, plugin)
{
    private readonly ScratchDisk _disk = new();

    public override bool BootsSlowly => true;

    public override IReadOnlyList<string> DeviceRegions { get; } = path.DiskRegionPrefixes;

    protected override string ReadyLine => ScratchDisk.ReadyLine;

    public override void Dispose()
    {
        base.Dispose();
        _disk.Dispose();
    }

    protected override QemuMachine Complete(QemuMachine machine) => LinuxDisk.On(linux, machine with { Network = null, Disk = _disk.Path });
}
