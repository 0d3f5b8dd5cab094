using System.Collections.Generic;

namespace Guest.Tool.Bench;

/// <summary>Where the instructions of one workload on one subject are.</summary>
/// <param name="Application">The application, whose symbols tell the functions.</param>
/// <param name="Subject">The subject's name.</param>
/// <param name="Workload">The workload's name.</param>
internal sealed record InstructionProfile(string Application, string Subject, string Workload)
{
    /// <summary>Instructions by the address of a block of code, over all samples.</summary>
    public Dictionary<ulong, long> Counts { get; } = [];
}
