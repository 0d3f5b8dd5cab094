using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>What one packet or block makes a guest do to its device, in order: reads above a line, writes below. The same access many times in a row
/// is one box with a number.</summary>
internal static class AnatomyChart
{
    private const int Left = 190;
    private const int Width = 700;
    private const int WidestStep = 40;
    private const int Middle = 34;

    /// <summary>Draws one subject's packet.</summary>
    public static string Draw(SubjectResult subject)
    {
        List<(string What, int Times)> steps = Gather(subject.Anatomy);
        double step = Math.Min(WidestStep, (double)Width / Math.Max(steps.Count, 1));
        double width = step * steps.Count;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={Left + Width + 60} height={2 * Middle} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x={Left - 8} y={Middle + 4} text-anchor=end>{HtmlReport.Encode(subject.Name)}</text>")
            .Append(CultureInfo.InvariantCulture, $"<line x1={Left} x2={Left + width:0.0} y1={Middle} y2={Middle} stroke=\"#7a8594\"/>");
        for (int i = 0; i < steps.Count; i++)
            AppendStep(svg, steps[i].What, steps[i].Times, Left + i * step, step);
        svg.Append(CultureInfo.InvariantCulture, $"<text x={Left + width + 8:0.0} y={Middle + 4} fill=\"#5a6472\">{subject.Anatomy.Count}</text>");
        return svg.Append("</svg>").ToString();
    }

    private static void AppendStep(StringBuilder svg, string what, int times, double x, double step)
    {
        bool read = what.Contains(" read ", StringComparison.Ordinal);
        string colour = read ? "#e08b2f" : "#2f6fde";
        svg.Append(CultureInfo.InvariantCulture, $"<rect x={x + step * 0.1:0.0} y={(read ? Middle - 20 : Middle)} width={step * 0.8:0.0} height=20 fill=\"{colour}\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{HtmlReport.Encode(what)}{(times > 1 ? $", {times} times" : "")}</title></rect>");
        if (times > 1)
            svg.Append(CultureInfo.InvariantCulture, $"<text x={x + step / 2:0.0} y={(read ? Middle - 23 : Middle + 31)} text-anchor=middle>{times}</text>");
    }

    private static List<(string What, int Times)> Gather(IEnumerable<string> anatomy)
    {
        List<(string What, int Times)> steps = [];
        foreach (string what in anatomy)
        {
            if (steps.Count > 0 && steps[^1].What == what)
                steps[^1] = (what, steps[^1].Times + 1);
            else
                steps.Add((what, 1));
        }
        return steps;
    }
}
