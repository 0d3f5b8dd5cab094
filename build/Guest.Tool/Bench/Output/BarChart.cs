using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Guest.Tool.Bench.Output;

/// <summary>Horizontal bars, each with its name and value.</summary>
internal static class BarChart
{
    private const int LabelWidth = 190;
    private const int BarWidth = 560;
    private const int Row = 22;

    /// <summary>Draws one.</summary>
    public static string Draw(string title, IReadOnlyList<(string Name, double Value)> bars, string format)
    {
        double largest = Math.Max(bars.Max(bar => bar.Value), double.Epsilon);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={LabelWidth + BarWidth + 90} height={(bars.Count + 1) * Row + 6} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x=0 y=15 font-weight=600>{HtmlReport.Encode(title)}</text>");
        for (int i = 0; i < bars.Count; i++)
        {
            (string name, double value) = bars[i];
            int y = (i + 1) * Row;
            double width = value / largest * BarWidth;
            svg.Append(CultureInfo.InvariantCulture, $"<text x={LabelWidth - 8} y={y + 15} text-anchor=end>{HtmlReport.Encode(name)}</text>")
                .Append(CultureInfo.InvariantCulture, $"<rect x={LabelWidth} y={y + 3} width={width:0.0} height={Row - 7} fill=\"{Colour(name)}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x={LabelWidth + width + 6:0.0} y={y + 15}>")
                .Append(value.ToString(format, CultureInfo.InvariantCulture)).Append("</text>");
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>The colour of a subject, by its system.</summary>
    public static string Colour(string name) =>
        name.StartsWith("guest", StringComparison.Ordinal) ? "#2f6fde"
        : name.StartsWith("kvm", StringComparison.Ordinal) ? "#2a9d6f"
        : name.StartsWith("linux", StringComparison.Ordinal) ? "#e08b2f" : "#7a8594";
}
