using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Guest.Rig.Host;
using Guest.Rig.Qemu;

namespace Guest.Tool.Bench.Results;

/// <summary>What the figures were measured on.</summary>
internal sealed record HostFacts
{
    public required string Processor { get; init; }

    public required int Processors { get; init; }

    public required string Kernel { get; init; }

    public required string Qemu { get; init; }

    public required string Accelerator { get; init; }

    public required string Runtime { get; init; }

    /// <summary>False under emulation: then no time or rate says anything about hardware.</summary>
    public required bool TimesAreRepresentative { get; init; }

    public static HostFacts Read(Accelerator accelerator) => new()
    {
        Processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1].Trim() ?? "unknown",
        Processors = Environment.ProcessorCount,
        Kernel = RuntimeInformation.OSDescription,
        Qemu = Shell.Require(QemuMachine.Program, "--version").Split('\n')[0],
        Accelerator = accelerator == Rig.Host.Accelerator.Kvm ? "KVM" : "TCG (emulation)",
        Runtime = RuntimeInformation.FrameworkDescription,
        TimesAreRepresentative = accelerator == Rig.Host.Accelerator.Kvm,
    };
}
