using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Guest.Rig.Measure;

namespace Guest.Tool.Bench;

/// <summary>Instructions as they were counted at one moment, or what lies between two moments.</summary>
/// <param name="Own">The guest's own.</param>
/// <param name="ByOwner">All of the machine's, by whose they are; empty where the guest is alone.</param>
/// <param name="Time">When, or how long.</param>
internal sealed record InstructionReading(double Own, Dictionary<string, double> ByOwner, TimeSpan Time)
{
    /// <summary>Nothing at all.</summary>
    public static InstructionReading None { get; } = new(0, [], TimeSpan.Zero);

    /// <summary>All of the machine's.</summary>
    public double All => ByOwner.Count == 0 ? Own : ByOwner.Values.Sum();

    /// <summary>What there would be in a second.</summary>
    public InstructionReading PerSecond => Per(Time.TotalSeconds);

    /// <summary>Reads the counter.</summary>
    public static InstructionReading Take(InstructionCounter counter) => new(
        counter.Own,
        counter.ByOwner().ToDictionary(owner => owner.Key, owner => (double)owner.Value),
        Stopwatch.GetElapsedTime(0));

    /// <summary>What has been executed since an earlier reading.</summary>
    public InstructionReading Since(InstructionReading earlier) => Without(earlier);

    /// <summary>What is left without another part.</summary>
    public InstructionReading Without(InstructionReading part) => new(
        Own - part.Own,
        ByOwner.ToDictionary(owner => owner.Key, owner => owner.Value - part.ByOwner.GetValueOrDefault(owner.Key)),
        Time - part.Time);

    /// <summary>Its part for each of so many.</summary>
    public InstructionReading Per(double number) =>
        new(Own / number, ByOwner.ToDictionary(owner => owner.Key, owner => owner.Value / number), Time / number);
}
