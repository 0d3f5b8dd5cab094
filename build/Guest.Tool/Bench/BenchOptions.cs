using System;
using System.Collections.Generic;
using Guest.Rig.Host;
using Guest.Rig.Paths;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench;

/// <summary>What a run of the benchmark is to do.</summary>
internal sealed record BenchOptions
{
    /// <summary>The paths, by application: they lead to a network, or to a disk.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<GuestPath>> Paths { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    public required Accelerator Accelerator { get; init; }

    /// <summary>Packets, or blocks, of a sample.</summary>
    public required int Units { get; init; }

    /// <summary>Samples of a workload on a subject.</summary>
    public required int Repeats { get; init; }

    /// <summary>How long a network may be silent while an answer is due.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>The paths on which Linux is measured too.</summary>
    public required IReadOnlyList<GuestPath> LinuxPaths { get; init; }

    /// <summary>The paths on which the web server is measured on Linux too, and nginx beside it.</summary>
    public required IReadOnlyList<GuestPath> LinuxWebPaths { get; init; }

    /// <summary>The ways of blocks on which Linux is measured too.</summary>
    public required IReadOnlyList<GuestPath> LinuxDiskPaths { get; init; }

    /// <summary>The paths that are measured on KVM too, in an emulated host.</summary>
    public required IReadOnlyList<GuestPath> KvmPaths { get; init; }

    /// <summary>Whether to show in which functions the guest's instructions are.</summary>
    public required bool Profile { get; init; }
}
