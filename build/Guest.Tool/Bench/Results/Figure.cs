using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Guest.Tool.Bench.Results;

/// <summary>A figure, and how far from it the truth may be.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Doubt">The distance, never negative, in the figure's own unit.</param>
internal readonly record struct Figure(double Value, double Doubt) : IFormattable
{
    /// <summary>The part of a figure that may be in doubt; with more it says nothing.</summary>
    public const double MostDoubt = 0.1;

    /// <summary>Whether it is more than nothing, and its doubt at most a tenth.</summary>
    public bool IsSound => Value >= 0 && Doubt <= MostDoubt * Value;

    /// <summary>The median of samples. In doubt is what the samples' own doubts say, and at least half of the samples' distances from the median: of two
    /// samples, half of their difference.</summary>
    /// <returns>Null if there is no sample.</returns>
    public static Figure? Of(IEnumerable<Figure> samples)
    {
        Figure[] all = [.. samples];
        if (all.Length == 0)
            return null;
        double value = Median(all.Select(sample => sample.Value));
        double spread = Median(all.Select(sample => Math.Abs(sample.Value - value)));
        return new Figure(value, Math.Max(spread, Median(all.Select(sample => sample.Doubt))));
    }

    /// <summary>As people read it: <c>1,972 ±3</c>.</summary>
    public string ToString(string? format) =>
        $"{Value.ToString(format, CultureInfo.InvariantCulture)} ±{Doubt.ToString(format, CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString(format);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
