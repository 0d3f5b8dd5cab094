using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Claims;

/// <summary>The claims that the benchmark was made to test, and what a run says about each.</summary>
/// <remarks>Each names the rows that it is judged by. Where one of them was not measured in the run, that is the verdict, with the rows that lack: a
/// verdict never rests on whichever paths happened to be there.</remarks>
internal static class ClaimJudge
{
    public const string Supported = "supported";
    public const string Refuted = "refuted";
    public const string CannotBeTold = "cannot be told on this host";
    public const string NotMeasured = "not measured in this run";

    private const string Single = "udp-64x1";
    private const string Burst = "udp-64x16";
    private const string Frame = "raw-64x1";
    private const string Connection = "tcp-connect";
    private const string Block = "randread-4096x1";

    // "Far less" and "close" need a number to be judged by: half, and twice.
    private const double Factor = 2;

    // A whole machine's figures differ by as much from run to run: timers and wake-ups follow the real time that emulation takes.
    private const double Noise = 1.1;

    private static readonly string[] s_emulatedNics = ["e1000", "e1000e", "rtl8139", "rtl8139c+", "ne2000"];
    private static readonly string[] s_batchingNics = ["e1000", "e1000e", "rtl8139c+"];
    private static readonly string[] s_eachKindOfPath = ["virtio", "e1000", "xen-pv"];
    private static readonly string[] s_emulatedDisks = ["ide", "ide-pio", "ahci"];

    /// <summary>Judges all claims.</summary>
    public static List<ClaimVerdict> Judge(BenchResults results)
    {
        ClaimRows rows = new(results);
        return
        [
            RegistersOf(
                rows, "NIC", s_emulatedNics, Single,
                "An emulated NIC is driven by many register accesses, each an exit; a paravirtual one by far fewer."),
            RegistersOf(
                rows, "disk", s_emulatedDisks, Block,
                "An emulated disk is driven by many register accesses, each an exit; a paravirtual one by far fewer."),
            FarLessWork(rows),
            OneMoreSwitch(rows),
            BothAdvantages(rows),
            ComesClose(rows),
            FrameOrConnection(rows),
        ];
    }

    private static ClaimVerdict RegistersOf(ClaimRows rows, string kind, string[] emulated, string workload, string claim)
    {
        if (rows.Lack(workload, ["guest virtio", .. emulated.Select(path => "guest " + path)]) is { } lack)
            return new(claim, NotMeasured, lack);
        if (rows.Get("guest", "virtio", workload).Crossings is not { } few)
            return new(claim, CannotBeTold, "It needs accesses counted from outside, which takes QEMU's emulation.");
        (string Path, RowResult Row)[] all = [.. emulated.Select(path => (path, rows.Get("guest", path, workload)))];
        (string Path, RowResult Row) best = all.MinBy(each => each.Row.Crossings);
        return new(
            claim,
            best.Row.Crossings >= Factor * few ? Supported : Refuted,
            Text($"Accesses for one {workload}: virtio {rows.Get("guest", "virtio", workload).CrossingFigure:0.0}; ") + string.Join(", ", all.Select(each => Text($"{each.Path} {each.Row.CrossingFigure:0.0}")))
                + Text($". The least of an emulated {kind}: {best.Path}."));
    }

    private static ClaimVerdict FarLessWork(ClaimRows rows)
    {
        const string Claim = "A paravirtual driver states its intent where an emulated one plays with registers: guest and hypervisor do far less work.";
        if (rows.Lack(Single, "kvm virtio", "kvm e1000") is { } lack)
            return new(Claim, NotMeasured, lack);
        RowResult few = rows.Get("kvm", "virtio", Single);
        RowResult many = rows.Get("kvm", "e1000", Single);
        return new(
            Claim,
            many.MachineInstructions >= Factor * few.MachineInstructions ? Supported : Refuted,
            Text($"Instructions for one {Single} on KVM, of the whole machine: virtio {few.MachineFigure:#,0}, e1000 {many.MachineFigure:#,0}; ")
                + Text($"of the guest: {few.InstructionFigure:#,0} and {many.InstructionFigure:#,0}, so the difference is the hypervisor's. ")
                + Text($"Exits: {few.Exits:0.0} and {many.Exits:0.0}."));
    }

    private static ClaimVerdict OneMoreSwitch(ClaimRows rows)
    {
        const string Claim = "On Xen a packet takes one more context switch than on KVM, and that undoes the simpler interface.";
        if (rows.Lack(Single, "guest xen-pv", "kvm virtio", "kvm e1000") is { } lack)
            return new(Claim, NotMeasured, lack);
        RowResult xen = rows.Get("guest", "xen-pv", Single);
        RowResult virtio = rows.Get("kvm", "virtio", Single);
        RowResult e1000 = rows.Get("kvm", "e1000", Single);
        bool moreSwitches = xen.Switches >= virtio.Switches + 1;
        bool undone = xen.MachineInstructions > e1000.MachineInstructions * Noise;
        return new(
            Claim,
            moreSwitches && undone ? Supported : Refuted,
            Text($"For one {Single}, the processor changes hands {xen.Switches:0.0} times on Xen PV, {virtio.Switches:0.0} on KVM with virtio. ")
                + Text($"Instructions of the whole machine: Xen PV {xen.MachineFigure:#,0}, KVM with virtio {virtio.MachineFigure:#,0}, ")
                + Text($"KVM with e1000 {e1000.MachineFigure:#,0}. Judged by instructions: the time that a switch costs beyond them (caches, ")
                + "translations) cannot be told on an emulated processor.");
    }

    private static ClaimVerdict BothAdvantages(ClaimRows rows)
    {
        const string Claim = "KVM with paravirtual devices has both advantages; nothing in Xen's is intrinsic.";
        if (rows.Lack(Single, "guest xen-pv", "kvm virtio") is { } lack)
            return new(Claim, NotMeasured, lack);
        RowResult xen = rows.Get("guest", "xen-pv", Single);
        RowResult virtio = rows.Get("kvm", "virtio", Single);
        bool asSimple = virtio.Instructions <= xen.Instructions * Factor;
        bool noMoreWork = virtio.MachineInstructions <= xen.MachineInstructions * Noise;
        return new(
            Claim,
            asSimple && noMoreWork ? Supported : Refuted,
            Text($"For one {Single}, Xen PV against KVM with virtio: the guest's own instructions {xen.InstructionFigure:#,0} and {virtio.InstructionFigure:#,0}; ")
                + Text($"exits {xen.Exits:0.0} and {virtio.Exits:0.0}; the whole machine's instructions {xen.MachineFigure:#,0} and ")
                + Text($"{virtio.MachineFigure:#,0}."));
    }

    private static ClaimVerdict ComesClose(ClaimRows rows)
    {
        const string Claim = "A well-driven emulated NIC comes close, since what costs is the exit, and exits can be batched.";
        if (rows.Lack(Burst, ["guest virtio", .. s_batchingNics.Select(path => "guest " + path)]) is { } lack)
            return new(Claim, NotMeasured, lack);
        RowResult virtio = rows.Get("guest", "virtio", Burst);
        if (virtio.Crossings is not { } few)
            return new(Claim, CannotBeTold, "It needs accesses counted from outside, which takes QEMU's emulation.");
        (string Path, RowResult Row) best = s_batchingNics
            .Select(path => (Path: path, Row: rows.Get("guest", path, Burst)))
            .MinBy(each => each.Row.Crossings);
        return new(
            Claim,
            best.Row.Crossings <= Factor * few && best.Row.Instructions <= Factor * virtio.Instructions ? Supported : Refuted,
            Text($"For one of {Burst}: virtio {virtio.CrossingFigure:0.00} accesses and {virtio.InstructionFigure:#,0} instructions; the best emulated NIC, {best.Path}, ")
                + Text($"{best.Row.CrossingFigure:0.00} and {best.Row.InstructionFigure:#,0}."));
    }

    private static ClaimVerdict FrameOrConnection(ClaimRows rows)
    {
        const string Claim = "Whatever the path, to open a TCP/IP connection is far more work than to send a raw Ethernet frame.";
        string[] subjects = [.. s_eachKindOfPath.Select(path => "guest " + path)];
        if ((rows.Lack(Frame, subjects) ?? rows.Lack(Connection, subjects)) is { } lack)
            return new(Claim, NotMeasured, lack);
        if (rows.Get("guest", s_eachKindOfPath[0], Frame).Instructions is null)
            return new(Claim, CannotBeTold, "It needs instructions counted from outside, which takes QEMU's emulation.");
        (string Path, RowResult Frame, RowResult Connection)[] all =
            [.. s_eachKindOfPath.Select(path => (path, rows.Get("guest", path, Frame), rows.Get("guest", path, Connection)))];
        return new(
            Claim,
            all.All(each => each.Connection.Instructions >= Factor * each.Frame.Instructions) ? Supported : Refuted,
            "Instructions of the guest for a frame that comes and goes back, and for a connection that is opened, echoes 64 bytes and is closed: "
                + string.Join("; ", all.Select(each => Text($"{each.Path} {each.Frame.InstructionFigure:#,0} and {each.Connection.InstructionFigure:#,0}"))) + ".");
    }

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
