using System.Collections.Generic;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Our image as a domain beside a real dom0: the machine carries both, and Xen.</summary>
internal sealed class XenSubject(string image, GuestPath path, string plugin) : Subject(new SubjectResult { System = "guest", Path = path.Name })
{
    private readonly InstructionCounter _instructions = new(plugin, XenCode.Ranges);
    private XenHost? _host;
    private Domain? _domain;
    private HypercallTrace? _trace;

    public override int ProcessId => _host!.ProcessId;

    public override InstructionCounter? Instructions => _instructions;

    public override bool CountsItself => true;

    public override bool ShowsHypercalls => true;

    public override int Domain => _domain!.Id;

    public override void Start()
    {
        DomainType type = path.Name == "xen-pvh" ? DomainType.Pvh : DomainType.Pv;
        _host = XenHost.Restore(
            new QemuNetwork.Tap(NetworkNamespace.TapName), Network.Prefix, progress: null, _instructions.Arguments);
        _domain = _host.Create(new DomainConfiguration
        {
            Name = "bench",
            Kernel = image,
            CommandLine = Network.StaticAddressOption,
            Type = type,
            // On a processor whose time-stamp counter is steady Xen would not emulate it; QEMU's is not announced as steady.
            NativeTsc = true,
            Interfaces = [new VirtualInterface()],
            OnCrash = OnEnd.Preserve,
        });
        _domain.Console.WaitFor("ready: ", BootPatience);
    }

    public override GuestCounters AskCounters() => _domain!.AskCounters();

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
        _instructions.Dispose();
        base.Dispose();
    }
}
