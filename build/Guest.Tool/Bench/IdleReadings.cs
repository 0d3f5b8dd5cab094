using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Tool.Bench;

/// <summary>Looks at a machine that has nothing to do, before a sample and after it. What it executes then is subtracted by time, so what one look
/// differs from another is in doubt of every figure.</summary>
internal sealed class IdleReadings
{
    private readonly List<InstructionReading> _looks = [];

    /// <summary>What is executed in a second: the mean of all looks.</summary>
    public InstructionReading Mean => Each(values => values.Average());

    /// <summary>How far from <see cref="Mean"/> the truth may be: half of the looks' range.</summary>
    public InstructionReading Doubt => Each(values => (values.Max() - values.Min()) / 2);

    /// <summary>How far from the mean of all that the machine executes the truth may be.</summary>
    public double DoubtOfAll => _looks.Count == 0 ? 0 : (_looks.Max(look => look.All) - _looks.Min(look => look.All)) / 2;

    /// <summary>Adds what was executed in a while, in which nothing was asked.</summary>
    public void Add(InstructionReading look) => _looks.Add(look.PerSecond);

    private InstructionReading Each(Func<IEnumerable<double>, double> combine) => _looks.Count == 0
        ? InstructionReading.None
        : new(
            combine(_looks.Select(look => look.Own)),
            _looks[0].ByOwner.Keys.ToDictionary(owner => owner, owner => combine(_looks.Select(look => look.ByOwner[owner]))),
            TimeSpan.FromSeconds(1));
}
