using System.Collections.Generic;
using Guest.Rig.Linux;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Timelines;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Our image on KVM, in a host that is emulated as a whole: the machine carries Linux, KVM and QEMU too, as Xen's carries dom0.</summary>
internal sealed class KvmSubject(string application, LinuxGuest host, string image, GuestPath path, string plugin)
    : Subject(new SubjectResult { System = "kvm", Path = path.Name, Application = application })
{
    private readonly InstructionCounter _instructions = new(plugin, KvmHost.Ranges);
    private QemuGuest? _guest;

    public override int ProcessId => _guest!.ProcessId;

    public override bool Runs => _guest!.Runs;

    public override bool BootsSlowly => true;

    public override InstructionCounter? Instructions => _instructions;

    public override bool CountsItself => true;

    public override void Start()
    {
        QemuMachine machine = KvmHost.Machine(host, path, image, Network.StaticAddressOption);
        _guest = QemuGuest.Boot(machine with { Extra = [.. machine.Extra, .. _instructions.Arguments] }, Network.Prefix);
        _guest.WaitForLine("ready", BootPatience);
    }

    public override GuestCounters AskCounters() => GuestCounters.Ask(_guest!);

    public override CodeMap MapCode(SymbolTable symbols) => new CodeMap(KvmHost.Ranges)
        .With(CodeRange.Guest, symbols, GuestStages.Table)
        .With(CodeRange.HostKernel, KvmHost.AskSymbols(Network), LinuxStages.Table);

    public override IReadOnlyDictionary<string, long> AskHost() => KvmHost.AskCounters(Network);

    public override string Report() => _guest?.Report() ?? "";

    public override void Dispose()
    {
        _guest?.Dispose();
        _instructions.Dispose();
        base.Dispose();
    }
}
