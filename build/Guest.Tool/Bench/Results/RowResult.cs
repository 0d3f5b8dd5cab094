using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;

namespace Guest.Tool.Bench.Results;

/// <summary>One workload on one subject: its samples, their medians, and how far those may be from the truth.</summary>
internal sealed record RowResult
{
    // The instruments are held to agree to one in a hundred; a part of the machine that executes less, executes nothing that can be told.
    private const double Resolution = 0.01;

    public required string Workload { get; init; }

    public List<Sample> Samples { get; init; } = [];

    /// <summary>Why the row's instructions are not measured: what was found of them cannot be, or says nothing. Null if they are, and where nothing counted.</summary>
    public string? NotMeasured
    {
        get
        {
            if (Samples.Count > 0 && VoidSamples == Samples.Count)
                return "in every sample segments of TCP were sent again";
            if (Raw is not { } own)
                return null;
            if (!own.IsSound)
                return Explain("the guest's instructions", own);
            if (RawMachine is not { } machine)
                return null;
            foreach (string owner in Owners)
            {
                Figure part = RawPart(owner)!.Value;
                if (part.Value < -Math.Max(part.Doubt, Resolution * machine.Value) || part.Doubt > Figure.MostDoubt * machine.Value)
                    return Explain($"the instructions of '{owner}'", part);
            }
            return machine.IsSound ? null : Explain("the whole machine's instructions", machine);
        }
    }

    /// <summary>Samples that do not count, because segments of TCP were sent again in them.</summary>
    public int VoidSamples => Samples.Count(sample => sample.SentAgain != 0);

    /// <summary>The guest's own instructions; null where nothing counted them, and where the count says nothing (<see cref="NotMeasured"/>).</summary>
    [JsonIgnore]
    public Figure? InstructionFigure => NotMeasured is null ? Raw : null;

    /// <summary>All that the machine executed, where it carries more than the guest: the sum of its parts; null as
    /// <see cref="InstructionFigure"/> is.</summary>
    [JsonIgnore]
    public Figure? MachineFigure =>
        NotMeasured is null && RawMachine is { } machine ? machine with { Value = Owners.Sum(owner => PartOf(owner)!.Value.Value) } : null;

    /// <summary><see cref="Crossings"/>. What one side counted and the other did not is in doubt too.</summary>
    [JsonIgnore]
    public Figure? CrossingFigure => FigureOf(sample => sample.Accesses ?? sample.Hypercalls?.Outside.Values.Sum()) is { } seen
        ? seen with { Doubt = Math.Max(seen.Doubt, CrossingsInside is { } counted ? Math.Abs(counted - seen.Value) : 0) }
        : null;

    public double? Instructions => InstructionFigure?.Value;

    public double? InstructionsDoubt => InstructionFigure?.Doubt;

    public double? Accesses => Median(sample => sample.Accesses);

    public double? AccessesInside => Median(sample => sample.AccessesInside);

    /// <summary>Hypercalls as Xen recorded them.</summary>
    public double? Hypercalls => Median(sample => sample.Hypercalls?.Outside.Values.Sum());

    /// <summary>The same, as the guest counted them.</summary>
    public double? HypercallsInside => Median(sample => sample.Hypercalls?.Inside.Values.Sum());

    /// <summary>What leaves the guest for the hypervisor, seen from outside: accesses to the NIC, or hypercalls.</summary>
    public double? Crossings => Accesses ?? Hypercalls;

    public double? CrossingsDoubt => CrossingFigure?.Doubt;

    /// <summary><see cref="Crossings"/>, as the guest counted it.</summary>
    public double? CrossingsInside => AccessesInside ?? HypercallsInside;

    /// <summary>Whether the instruments failed in any of the samples: what was seen from outside and what the guest counted cannot both be right.</summary>
    public bool Disagrees => Samples.Any(sample => sample.Disagrees);

    /// <summary>How often the guest left its processor to the hypervisor, for whatever reason: by KVM's count, or Xen's.</summary>
    [JsonIgnore]
    public Figure? ExitFigure => FigureOf(sample => sample.Hypercalls is { } seen
        ? seen.Outside.Values.Sum() + seen.Traps.Values.Sum()
        : sample.Host.TryGetValue("exits", out double exits) ? exits : null);

    /// <summary>How often the processor was given to another: by the KVM host's scheduler, or by Xen's.</summary>
    [JsonIgnore]
    public Figure? SwitchFigure => FigureOf(sample => sample.Hypercalls is { } seen
        ? seen.Switches.Values.Sum()
        : sample.Host.TryGetValue("switches", out double switches) ? switches : null);

    public double? Exits => ExitFigure?.Value;

    public double? Switches => SwitchFigure?.Value;

    /// <summary>All that the machine executed, where it carries more than the guest.</summary>
    public double? MachineInstructions => MachineFigure?.Value;

    public double? MachineInstructionsDoubt => MachineFigure?.Doubt;

    public double? RoundTripMicroseconds => Median(sample => sample.RoundTripMedianMicroseconds);

    public double? HostMicroseconds => Median(sample => sample.HostMicroseconds);

    /// <summary>Packets or blocks at a wake-up.</summary>
    public double? MeanBurst =>
        Inside("burst") is > 0 and { } bursts ? (Inside("received") > 0 ? Inside("received") : Inside("sent")) / bursts : null;

    /// <summary>What the guest counted of one kind; null if it does not count.</summary>
    public double? Inside(string kind) => Median(sample => sample.Inside.Count == 0 ? null : sample.Inside.GetValueOrDefault(kind));

    /// <summary>What one owner of code on the machine executed. What is less than nothing, but not by more than is in doubt, is nothing.</summary>
    public Figure? PartOf(string owner) =>
        NotMeasured is null && RawPart(owner) is { } part ? new(Math.Max(part.Value, 0), Math.Max(part.Doubt, -part.Value)) : null;

    /// <summary>How often the processor was given to somebody (Xen).</summary>
    public double? SwitchesTo(string whom) => Median(sample => sample.Hypercalls?.Switches.GetValueOrDefault(whom));

    /// <summary>The median of something that some samples may lack.</summary>
    public double? Median(Func<Sample, double?> what) => FigureOf(what)?.Value;

    /// <summary>The same, with what samples differ by.</summary>
    public Figure? FigureOf(Func<Sample, double?> what) =>
        Figure.Of(Counted.Select(what).OfType<double>().Select(value => new Figure(value, 0)));

    private IEnumerable<Sample> Counted => Samples.Where(sample => sample.SentAgain == 0);

    private IEnumerable<string> Owners => Samples.SelectMany(sample => sample.InstructionsByOwner.Keys).Distinct();

    private Figure? Raw => Figure.Of(
        from sample in Counted
        where sample.Instructions is not null
        select new Figure(sample.Instructions!.Value, sample.InstructionsDoubt));

    private Figure? RawMachine => Figure.Of(
        from sample in Counted
        where sample.InstructionsByOwner.Count > 0
        select new Figure(sample.InstructionsByOwner.Values.Sum(), sample.MachineInstructionsDoubt));

    private Figure? RawPart(string owner) => Figure.Of(
        from sample in Counted
        where sample.InstructionsByOwner.ContainsKey(owner)
        select new Figure(sample.InstructionsByOwner[owner], sample.InstructionsByOwnerDoubt.GetValueOrDefault(owner)));

    private static string Explain(string what, Figure figure) =>
        $"{what} came out as {figure.ToString("#,0")}, {(figure.Value < 0 ? "less than nothing" : "of which more than a tenth is in doubt")}";
}
