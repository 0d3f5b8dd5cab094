using System.Collections.Generic;
using System.Linq;
using Guest.Rig.Paths;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench;

/// <summary>How much a run of the benchmark does.</summary>
internal sealed record BenchScale
{
    /// <summary>What most of the claims are judged by, on every path, in about two minutes.</summary>
    public static BenchScale Quick { get; } = new()
    {
        Units = 400,
        Repeats = 2,
        Workloads = ["udp-64x1", "udp-64x16", "tcp-64x1", "tcp-64x16", "http-612x1", "randread-4096x1", "randread-4096x32"],
        WebPaths = ["virtio", "e1000"],
        LinuxPaths = ["virtio", "e1000"],
        LinuxDiskPaths = ["virtio"],
        KvmPaths = ["virtio", "e1000"],
    };

    /// <summary>A little of everything.</summary>
    public static BenchScale Usual { get; } = new()
    {
        Units = 400,
        Repeats = 3,
        Workloads =
        [
            .. Quick.Workloads, "icmp-64x1", "udp-64x64", "udp-64xmax", "udp-1400x16", "tcp-connect", "raw-64x1", "raw-64x16", "tcp-in", "tcp-out", "http-612x64", "write-4096x1", "write-4096x32",
        ],
        WebPaths = [.. GuestPaths.Networks.Select(path => path.Name)],
        LinuxPaths = ["virtio", "e1000", "rtl8139c+"],
        LinuxDiskPaths = ["virtio", "ahci", "ide"],
        KvmPaths = ["virtio", "e1000", "rtl8139c+"],
    };

    /// <summary>Everything, with Linux and KVM on every path.</summary>
    public static BenchScale Full { get; } = new()
    {
        Units = 2_000,
        Repeats = 7,
        Workloads = [.. Workload.All.Select(workload => workload.Name)],
        WebPaths = [.. GuestPaths.Networks.Select(path => path.Name)],
        LinuxPaths = [.. GuestPaths.Networks.Select(path => path.Name)],
        LinuxDiskPaths = ["virtio", "ahci", "ide"],
        KvmPaths = [.. GuestPaths.Networks.Select(path => path.Name)],
    };

    /// <summary>Packets, or blocks, of a sample.</summary>
    public required int Units { get; init; }

    /// <summary>Samples of a workload on a subject.</summary>
    public required int Repeats { get; init; }

    /// <summary>The workloads' names.</summary>
    public required IReadOnlyList<string> Workloads { get; init; }

    /// <summary>The paths to a network on which the web server is measured, unless others are named.</summary>
    public required IReadOnlyList<string> WebPaths { get; init; }

    /// <summary>The paths on which Linux is measured too.</summary>
    public required IReadOnlyList<string> LinuxPaths { get; init; }

    /// <summary>The ways of blocks on which Linux is measured too.</summary>
    public required IReadOnlyList<string> LinuxDiskPaths { get; init; }

    /// <summary>The paths that are measured on KVM in an emulated host too.</summary>
    public required IReadOnlyList<string> KvmPaths { get; init; }

    /// <summary>The workloads: those that were named, or this scale's own.</summary>
    public IReadOnlyList<Workload> Choose(IReadOnlyCollection<string> names)
    {
        IReadOnlyCollection<string> wanted = names.Count > 0 ? names : [.. Workloads];
        return [.. Workload.All.Where(workload => wanted.Contains(workload.Name))];
    }
}
