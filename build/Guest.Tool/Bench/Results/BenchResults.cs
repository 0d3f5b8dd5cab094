using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;

namespace Guest.Tool.Bench.Results;

/// <summary>Everything that a run of the benchmark found: what <c>results.json</c> holds (docs/bench.md describes it).</summary>
internal sealed record BenchResults
{
    /// <summary>The version of this format.</summary>
    public const int Version = 3;

    /// <summary>The version that a file is of.</summary>
    public int Schema { get; init; } = Version;

    public required DateTimeOffset Started { get; init; }

    public required HostFacts Host { get; init; }

    /// <summary>Figures of the images themselves.</summary>
    public List<ImageFacts> Images { get; init; } = [];

    public List<SubjectResult> Subjects { get; init; } = [];

    public List<ClaimVerdict> Claims { get; set; } = [];

    /// <summary>Whether the run was ended before it was done.</summary>
    public bool Interrupted { get; set; }

    /// <summary>The subjects and workloads whose counts from outside and inside cannot both be right.</summary>
    [JsonIgnore]
    public IEnumerable<(SubjectResult Subject, RowResult Row)> Disagreements =>
        from subject in Subjects
        from row in subject.Rows
        where row.Disagrees
        select (subject, row);

    /// <summary>The subjects and workloads whose instructions were counted, and the count says nothing.</summary>
    [JsonIgnore]
    public IEnumerable<(SubjectResult Subject, RowResult Row)> Unmeasured =>
        from subject in Subjects
        from row in subject.Rows
        where row.NotMeasured is not null
        select (subject, row);

    /// <summary>Whether something failed that this host should have been able to do.</summary>
    public bool Failed => Subjects.Any(subject => subject.Failure is not null) || Disagreements.Any() || Unmeasured.Any();

    /// <summary>How many packets or blocks all samples of a row had.</summary>
    public long UnitsOf(string subject, string workload) => (
        from each in Subjects
        where each.Name == subject
        from row in each.Rows
        where row.Workload == workload
        from sample in row.Samples
        select (long)sample.Units).Sum();
}
