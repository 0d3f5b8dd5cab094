using Guest.Rig.Host;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Our image.</summary>
internal sealed class GuestSubject(string application, string image, GuestPath path, Accelerator accelerator, string? plugin)
    : MachineSubject("guest", application, path, accelerator, plugin)
{
    public override bool CountsItself => true;

    protected override string ReadyLine => "ready";

    protected override QemuMachine Complete(QemuMachine machine) => machine with
    {
        Kernel = image,
        CommandLine = Network.StaticAddressOption,
    };
}
