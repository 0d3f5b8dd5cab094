using System.Collections.Generic;
using System.Linq;

namespace Guest.Tool.Bench.Results;

/// <summary>One run of a workload during which Xen recorded hypercalls and switches (xentrace). All other figures are per packet, or per block.</summary>
internal sealed record HypercallCheck
{
    // A guest that is asked what it counted answers on a console that may wake it once or twice more than last time, and so does an
    // application that is told on the console what to do.
    private const int AtTheEdges = 4;

    /// <summary>How many packets, or blocks, the run had.</summary>
    public required int Units { get; init; }

    /// <summary>The guest's hypercalls as Xen saw them, by name: <c>evtchn_op</c>.</summary>
    public required IReadOnlyDictionary<string, double> Outside { get; init; }

    /// <summary>The same, as the guest counted them.</summary>
    public required IReadOnlyDictionary<string, double> Inside { get; init; }

    /// <summary>Whether the two counts cannot both be right.</summary>
    public bool Disagrees => Sample.Differ(Outside.Values.Sum() * Units, Inside.Values.Sum() * Units, AtTheEdges);

    /// <summary>How else the guest came into Xen: faults, instructions that Xen emulates, exits of the processor.</summary>
    public required IReadOnlyDictionary<string, double> Traps { get; init; }

    /// <summary>How often the processor was given to whom: <c>guest</c>, <c>dom0</c>, <c>idle</c>.</summary>
    public required IReadOnlyDictionary<string, double> Switches { get; init; }
}
