using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Debian's Linux on the same devices, running the same application, or another that serves the same.</summary>
internal sealed class LinuxSubject(string system, string application, LinuxGuest linux, GuestPath path, Accelerator accelerator, string? plugin)
    : MachineSubject(system, application, path, accelerator, plugin)
{
    public override bool BootsSlowly => true;

    protected override string ReadyLine => LinuxGuest.Ready;

    // One of the two processors stays parked, as ours does; instructions of two at once would be miscounted.
    protected override QemuMachine Complete(QemuMachine machine) =>
        linux.On(machine, $"{Network.GuestAddress}/{NetworkNamespace.PrefixLength}", options: "maxcpus=1");
}
