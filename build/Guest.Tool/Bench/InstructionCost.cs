using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench;

/// <summary>What one packet or block costs, without what the machine executes anyway.</summary>
/// <param name="Own">The guest's own instructions.</param>
/// <param name="ByOwner">All of the machine's, by whose they are; empty where the guest is alone.</param>
/// <param name="MachineDoubt">How far the sum over <paramref name="ByOwner"/> may be from the truth.</param>
internal sealed record InstructionCost(Figure Own, IReadOnlyDictionary<string, Figure> ByOwner, double MachineDoubt)
{
    /// <summary>Works it out.</summary>
    /// <param name="sample">What was executed from rest to rest.</param>
    /// <param name="fixedPart">What is executed in the same way where there is nothing to do.</param>
    /// <param name="idle">What is executed when nothing is asked, looked at before and after.</param>
    /// <param name="units">Packets or blocks of the sample.</param>
    public static InstructionCost Of(InstructionReading sample, InstructionReading fixedPart, IdleReadings idle, int units)
    {
        InstructionReading rate = idle.Mean;
        InstructionReading doubt = idle.Doubt;
        InstructionReading net = sample.Without(fixedPart);
        // Idle was subtracted from both.
        double seconds = (sample.Time + fixedPart.Time).TotalSeconds;
        return new InstructionCost(
            Part(net.Own, rate.Own, doubt.Own),
            net.ByOwner.ToDictionary(owner => owner.Key, owner => Part(owner.Value, rate.ByOwner.GetValueOrDefault(owner.Key), doubt.ByOwner.GetValueOrDefault(owner.Key))),
            idle.DoubtOfAll * seconds / units);

        Figure Part(double executed, double idleRate, double idleDoubt) =>
            new((executed - idleRate * net.Time.TotalSeconds) / units, idleDoubt * seconds / units);
    }
}
