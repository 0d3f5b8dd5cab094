using System.Collections.Generic;

namespace Guest.Tool.Bench.Results;

/// <summary>One run of a workload during which Xen recorded hypercalls and switches (xentrace). All figures are per packet.</summary>
internal sealed record HypercallCheck
{
    /// <summary>The guest's hypercalls as Xen saw them, by name: <c>evtchn_op</c>.</summary>
    public required IReadOnlyDictionary<string, double> Outside { get; init; }

    /// <summary>The same, as the guest counted them.</summary>
    public required IReadOnlyDictionary<string, double> Inside { get; init; }

    /// <summary>How else the guest came into Xen: faults, instructions that Xen emulates, exits of the processor.</summary>
    public required IReadOnlyDictionary<string, double> Traps { get; init; }

    /// <summary>How often the processor was given to whom: <c>guest</c>, <c>dom0</c>, <c>idle</c>.</summary>
    public required IReadOnlyDictionary<string, double> Switches { get; init; }
}
