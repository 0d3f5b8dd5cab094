using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench;

/// <summary>The claims that the benchmark was made to test, and what a run says about each.</summary>
internal static class Claims
{
    private const string OneAtATime = "udp-64x1";
    private const string Burst = "udp-64x16";
    private const string Supported = "supported";
    private const string Refuted = "refuted";
    private const string Open = "cannot be told on this host";

    // "Far less" and "close" need a number to be judged by: half, and twice.
    private const double Factor = 2;

    /// <summary>Judges all claims.</summary>
    public static List<ClaimVerdict> Judge(BenchResults results)
    {
        Dictionary<string, RowResult?> single = Rows(results, OneAtATime);
        Dictionary<string, RowResult?> burst = Rows(results, Burst);
        return
        [
            FarLess(single),
            new(
                "On Xen a packet takes one more context switch than on KVM, and that undoes the simpler interface.",
                Open,
                "A switch costs what the processor makes of it; under emulation, or without both Xen and KVM, there is nothing to weigh."),
            new(
                "KVM with paravirtual devices has both advantages; nothing in Xen's is intrinsic.",
                Open,
                "It needs Xen's and KVM's paths side by side on hardware that virtualises."),
            ComesClose(burst),
        ];
    }

    private static ClaimVerdict FarLess(Dictionary<string, RowResult?> rows)
    {
        const string Claim = "A paravirtual driver states its intent where an emulated one plays with registers: guest and hypervisor do far less.";
        if (Paravirtual(rows) is not { Accesses: { } few, Instructions: { } guest } || Emulated(rows) is not { Count: > 0 } emulated)
            return new(Claim, Open, $"It needs {OneAtATime} on virtio and on an emulated NIC, with accesses counted.");
        bool far = emulated.All(row => row.Value.Accesses >= Factor * few);
        return new(
            Claim,
            far ? Supported : Refuted,
            Text($"Register accesses for a 64-byte UDP echo, one at a time: virtio {few:0.0}; ")
                + string.Join(", ", emulated.Select(row => Text($"{row.Key} {row.Value.Accesses:0.0}")))
                + Text($". Guest instructions: virtio {guest:0}; ")
                + string.Join(", ", emulated.Select(row => Text($"{row.Key} {row.Value.Instructions:0}")))
                + ". Each access is an exit, and work for the hypervisor.");
    }

    private static ClaimVerdict ComesClose(Dictionary<string, RowResult?> rows)
    {
        const string Claim = "A well-driven emulated NIC comes close, since what costs is the exit, and exits can be batched.";
        if (Paravirtual(rows) is not { Accesses: { } few } || Emulated(rows) is not { Count: > 0 } emulated)
            return new(Claim, Open, $"It needs {Burst} on virtio and on an emulated NIC, with accesses counted.");
        KeyValuePair<string, RowResult> best = emulated.MinBy(row => row.Value.Accesses);
        return new(
            Claim,
            best.Value.Accesses <= Factor * few ? Supported : Refuted,
            Text($"Register accesses for a 64-byte UDP echo with 16 in flight: virtio {few:0.00}; the best emulated NIC, {best.Key}, ")
                + Text($"{best.Value.Accesses:0.00}."));
    }

    private static Dictionary<string, RowResult?> Rows(BenchResults results, string workload) => results.Subjects
        .Where(subject => subject is { System: "guest", Application: "echo" })
        .ToDictionary(subject => subject.Path, subject => subject.Rows.FirstOrDefault(row => row.Workload == workload));

    private static RowResult? Paravirtual(Dictionary<string, RowResult?> rows) => rows.GetValueOrDefault("virtio");

    private static Dictionary<string, RowResult> Emulated(Dictionary<string, RowResult?> rows) => rows
        .Where(row => !row.Key.StartsWith("virtio", System.StringComparison.Ordinal)
            && !row.Key.StartsWith("xen", System.StringComparison.Ordinal)
            && row.Value is { Accesses: not null, Instructions: not null })
        .ToDictionary(row => row.Key, row => row.Value!);

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
