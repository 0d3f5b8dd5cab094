using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Timelines;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Our image.</summary>
internal sealed class GuestSubject(string application, string image, GuestPath path, Accelerator accelerator, string? plugin)
    : MachineSubject("guest", application, path, accelerator, plugin)
{
    public override bool CountsItself => true;

    public override CodeMap MapCode(SymbolTable symbols) => new CodeMap([]).With(CodeRange.Guest, symbols, GuestStages.Table);

    protected override string ReadyLine => "ready";

    protected override QemuMachine Complete(QemuMachine machine) => machine with
    {
        Kernel = image,
        CommandLine = Network.StaticAddressOption,
    };
}
