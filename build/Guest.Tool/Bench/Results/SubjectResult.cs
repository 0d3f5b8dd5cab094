using System.Collections.Generic;

namespace Guest.Tool.Bench.Results;

/// <summary>One system on one path.</summary>
internal sealed record SubjectResult
{
    /// <summary><c>guest</c>, <c>linux</c> (the reference guest), <c>nginx</c> (the same, with another server) or <c>process</c> (the application on the host, without a machine).</summary>
    public required string System { get; init; }

    /// <summary>The path's name; empty for a process.</summary>
    public required string Path { get; init; }

    /// <summary>The application: <c>echo</c>, <c>web</c> and <c>reflect</c>, whose paths lead to a network, or <c>disk</c>, whose lead to a disk.</summary>
    public required string Application { get; init; }

    /// <summary>What this host lacks to run it; null if nothing.</summary>
    public string? Lack { get; init; }

    /// <summary>What it was at when it failed, and how: from there on there are no samples. Null if all went well.</summary>
    public string? Failure { get; set; }

    /// <summary>The console, where something failed.</summary>
    public string? Console { get; set; }

    /// <summary>Instructions a second that it executes with nothing to do; subtracted from every count.</summary>
    public double IdleInstructionsPerSecond { get; set; }

    /// <summary>The same, by whose they are; empty where the guest is alone on its machine.</summary>
    public Dictionary<string, double> IdleInstructionsPerSecondByOwner { get; set; } = [];

    /// <summary>One unit of the application's simplest workload, every access in order, as QEMU traced it.</summary>
    public List<string> Anatomy { get; init; } = [];

    /// <summary>The way of one unit of the same workload through the machine, step by step, as it was executed.</summary>
    public List<TimelineStep> Timeline { get; init; } = [];

    /// <summary>Why there is none of our image; null where there is one.</summary>
    public string? TimelineProblem { get; set; }

    public List<RowResult> Rows { get; init; } = [];

    /// <summary>As people are shown it: <c>guest virtio</c>, <c>guest ide disk</c>.</summary>
    public string Name => Path.Length == 0 ? System : Application == "echo" ? $"{System} {Path}" : $"{System} {Path} {Application}";
}
