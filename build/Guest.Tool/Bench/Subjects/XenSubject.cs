using System;
using System.Text;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Timelines;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Our image as a domain beside a real dom0: the machine carries both, and Xen.</summary>
internal sealed class XenSubject(string application, string image, GuestPath path, string plugin)
    : Subject(new SubjectResult { System = "guest", Path = path.Name, Application = application })
{
    private readonly ScratchDisk? _disk = application == "disk" ? new ScratchDisk() : null;
    private readonly InstructionCounter _instructions = new(plugin, XenCode.Ranges);
    private XenHost? _host;
    private Domain? _domain;
    private HypercallTrace? _trace;

    public override int ProcessId => _host!.ProcessId;

    public override bool Runs => _host!.Runs;

    public override InstructionCounter? Instructions => _instructions;

    public override bool CountsItself => true;

    public override bool ShowsHypercalls => true;

    public override int Domain => _domain!.Id;

    public override void Start()
    {
        DomainType type = path.Name == "xen-pvh" ? DomainType.Pvh : DomainType.Pv;
        _host = XenHost.Restore(
            _disk is null ? new QemuNetwork.Tap(NetworkNamespace.TapName) : null,
            _disk is null ? Network.Prefix : [],
            progress: null,
            _instructions.Arguments);
        _domain = _host.Create(new DomainConfiguration
        {
            Name = "bench",
            Kernel = image,
            CommandLine = _disk is null ? Network.StaticAddressOption : ScratchDisk.CommandLine,
            Type = type,
            // On a processor whose time-stamp counter is steady Xen would not emulate it; QEMU's is not announced as steady.
            NativeTsc = true,
            Interfaces = _disk is null ? [new VirtualInterface()] : [],
            Disks = _disk is null ? [] : [new VirtualDisk(_host.AttachDisk(_disk.Path), "xvda")],
            OnCrash = OnEnd.Preserve,
        });
        _domain.Console.WaitFor(_disk is null ? "ready: " : ScratchDisk.ReadyLine, BootPatience);
    }

    public override string Converse(string line, string answerStart, TimeSpan patience)
    {
        int from = _domain!.Console.Count;
        _domain.Type(Encoding.ASCII.GetBytes(line + "\n"));
        return _domain.Console.WaitFor(
            answerStart, said => said.StartsWith(answerStart, StringComparison.Ordinal), patience, from, whole: true);
    }

    public override GuestCounters AskCounters() => _domain!.AskCounters();

    public override CodeMap MapCode(SymbolTable symbols)
    {
        XenSymbols others = XenSymbols.Of(_host!);
        return new CodeMap(XenCode.Ranges)
            .With(CodeRange.Guest, symbols, GuestStages.Table)
            .With(XenCode.Xen, others.Xen, XenStages.Table)
            .With(CodeRange.HostKernel, others.Linux, LinuxStages.Table);
    }

    public override void StartHypercallTrace() => _trace = HypercallTrace.Start(_host!);

    public override HypercallSummary StopHypercallTrace()
    {
        using HypercallTrace trace = _trace!;
        _trace = null;
        return trace.Stop();
    }

    public override string Report() => _domain?.Report() ?? _host?.Report() ?? "";

    public override void Dispose()
    {
        // QEMU first: without it nothing has to be taken down in order.
        _host?.Dispose();
        _trace?.Dispose();
        _domain?.Dispose();
        _disk?.Dispose();
        _instructions.Dispose();
        base.Dispose();
    }
}
