using System.Collections.Generic;
using Guest.Rig.Measure;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench.Output;

/// <summary>Those whose instructions a machine executes, in the order in which charts show them, each with its colour.</summary>
internal static class OwnerColours
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<(string Owner, string Colour)> All { get; } =
    [
        (CodeRange.Guest, "#2f6fde"), (XenCode.Xen, "#8a4fbf"), (CodeRange.HostKernel, "#e08b2f"), (CodeRange.HostPrograms, "#7a8594"),
    ];
}
