using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Tool.Bench.Results;

/// <summary>One workload on one subject: its samples and their medians.</summary>
internal sealed record RowResult
{
    public required string Workload { get; init; }

    public List<Sample> Samples { get; init; } = [];

    public double? Instructions => Median(sample => sample.Instructions);

    public double? Accesses => Median(sample => sample.Accesses);

    public double? AccessesInside => Median(sample => sample.AccessesInside);

    /// <summary>Hypercalls as Xen recorded them.</summary>
    public double? Hypercalls => Median(sample => sample.Hypercalls?.Outside.Values.Sum());

    /// <summary>The same, as the guest counted them.</summary>
    public double? HypercallsInside => Median(sample => sample.Hypercalls?.Inside.Values.Sum());

    /// <summary>What leaves the guest for the hypervisor, seen from outside: accesses to the NIC, or hypercalls.</summary>
    public double? Crossings => Accesses ?? Hypercalls;

    /// <summary>The same, as the guest counted it.</summary>
    public double? CrossingsInside => AccessesInside ?? HypercallsInside;

    /// <summary>Whether the instruments failed in any of the samples: what was seen from outside and what the guest counted cannot both be right.</summary>
    public bool Disagrees => Samples.Any(sample => sample.Disagrees);

    /// <summary>How often the guest left its processor to the hypervisor, for whatever reason: by KVM's count, or Xen's.</summary>
    public double? Exits => Median(sample => sample.Hypercalls is { } seen
        ? seen.Outside.Values.Sum() + seen.Traps.Values.Sum()
        : sample.Host.TryGetValue("exits", out double exits) ? exits : null);

    /// <summary>How often the processor was given to another: by the KVM host's scheduler, or by Xen's.</summary>
    public double? Switches => Median(sample => sample.Hypercalls is { } seen
        ? seen.Switches.Values.Sum()
        : sample.Host.TryGetValue("switches", out double switches) ? switches : null);

    /// <summary>All that the machine executed, where it carries more than the guest.</summary>
    public double? MachineInstructions =>
        Median(sample => sample.InstructionsByOwner.Count == 0 ? null : sample.InstructionsByOwner.Values.Sum());

    public double? RoundTripMicroseconds => Median(sample => sample.RoundTripMedianMicroseconds);

    public double? HostMicroseconds => Median(sample => sample.HostMicroseconds);

    /// <summary>Packets or blocks at a wake-up.</summary>
    public double? MeanBurst =>
        Inside("burst") is > 0 and { } bursts ? (Inside("received") > 0 ? Inside("received") : Inside("sent")) / bursts : null;

    /// <summary>The largest sample's distance from the smallest, as a part of the median.</summary>
    public double? InstructionSpread
    {
        get
        {
            double[] values = [.. Samples.Select(sample => sample.Instructions).OfType<double>()];
            return values.Length == 0 || values.Max() == 0 ? null : (values.Max() - values.Min()) / Middle(values);
        }
    }

    /// <summary>What the guest counted of one kind; null if it does not count.</summary>
    public double? Inside(string kind) => Median(sample => sample.Inside.Count == 0 ? null : sample.Inside.GetValueOrDefault(kind));

    /// <summary>What one owner of code on the machine executed.</summary>
    public double? InstructionsOf(string owner) =>
        Median(sample => sample.InstructionsByOwner.TryGetValue(owner, out double count) ? count : null);

    /// <summary>How often the processor was given to somebody (Xen).</summary>
    public double? SwitchesTo(string whom) => Median(sample => sample.Hypercalls?.Switches.GetValueOrDefault(whom));

    /// <summary>The median of something that some samples may lack.</summary>
    public double? Median(Func<Sample, double?> what)
    {
        double[] values = [.. Samples.Select(what).OfType<double>()];
        return values.Length == 0 ? null : Middle(values);
    }

    private static double Middle(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
