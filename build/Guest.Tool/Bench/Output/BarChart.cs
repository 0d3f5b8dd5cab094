using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>Horizontal bars, each with its name, its value, and a whisker over what is in doubt.</summary>
internal static class BarChart
{
    private const int LabelWidth = 190;
    private const int BarWidth = 560;
    private const int Row = 22;

    /// <summary>Draws one.</summary>
    public static string Draw(string title, IReadOnlyList<(string Name, Figure Value)> bars, string format)
    {
        double largest = Math.Max(bars.Max(bar => bar.Value.Value + bar.Value.Doubt), double.Epsilon);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={LabelWidth + BarWidth + 90} height={(bars.Count + 1) * Row + 6} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x=0 y=15 font-weight=600>{HtmlReport.Encode(title)}</text>");
        for (int i = 0; i < bars.Count; i++)
        {
            (string name, Figure value) = bars[i];
            int y = (i + 1) * Row;
            double scale = BarWidth / largest;
            double width = value.Value * scale;
            svg.Append(CultureInfo.InvariantCulture, $"<text x={LabelWidth - 8} y={y + 15} text-anchor=end>{HtmlReport.Encode(name)}</text>")
                .Append(CultureInfo.InvariantCulture, $"<rect x={LabelWidth} y={y + 3} width={width:0.0} height={Row - 7} fill=\"{Colour(name)}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x={LabelWidth + width + value.Doubt * scale + 6:0.0} y={y + 15}>")
                .Append(value.ToString(format)).Append("</text>");
            AppendWhisker(svg, LabelWidth, y, value, scale);
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Draws what is in doubt of a bar.</summary>
    /// <param name="svg">The drawing.</param>
    /// <param name="left">Where the bar begins.</param>
    /// <param name="y">The top of the bar's row.</param>
    /// <param name="value">What the bar shows.</param>
    /// <param name="scale">The length of one.</param>
    public static void AppendWhisker(StringBuilder svg, int left, int y, Figure value, double scale)
    {
        if (value.Doubt * scale < 0.5)
            return;
        double from = left + Math.Max(value.Value - value.Doubt, 0) * scale;
        double to = left + (value.Value + value.Doubt) * scale;
        svg.Append(CultureInfo.InvariantCulture, $"<path class=whisker d=\"M{from:0.0} {y + 7}v8m0 -4H{to:0.0}m0 -4v8\" fill=none stroke=\"#1c2430\"/>");
    }

    /// <summary>The colour of a subject, by its system.</summary>
    public static string Colour(string name) =>
        name.StartsWith("guest", StringComparison.Ordinal) ? "#2f6fde"
        : name.StartsWith("kvm", StringComparison.Ordinal) ? "#2a9d6f"
        : name.StartsWith("linux", StringComparison.Ordinal) ? "#e08b2f" : "#7a8594";
}
