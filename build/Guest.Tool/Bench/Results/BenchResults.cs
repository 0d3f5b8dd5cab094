using System;
using System.Collections.Generic;

namespace Guest.Tool.Bench.Results;

/// <summary>Everything that a run of the benchmark found: what <c>results.json</c> holds (docs/bench.md describes it).</summary>
internal sealed record BenchResults
{
    /// <summary>The version of this format.</summary>
    public int Schema { get; init; } = 2;

    public required DateTimeOffset Started { get; init; }

    public required HostFacts Host { get; init; }

    /// <summary>Figures of the images themselves.</summary>
    public List<ImageFacts> Images { get; init; } = [];

    public List<SubjectResult> Subjects { get; init; } = [];

    public List<ClaimVerdict> Claims { get; set; } = [];

    /// <summary>Whether the run was ended before it was done.</summary>
    public bool Interrupted { get; set; }
}
