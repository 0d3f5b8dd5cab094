using System;
using System.Globalization;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>One packet's accesses as a line of steps: reads above it, writes below.</summary>
internal static class AnatomyChart
{
    private const int Left = 190;
    private const int Step = 26;
    private const int Middle = 46;

    /// <summary>Draws one subject's packet.</summary>
    public static string Draw(SubjectResult subject)
    {
        StringBuilder svg = new();
        int width = Math.Max(subject.Anatomy.Count, 1) * Step;
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={Left + width + 20} height={2 * Middle} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x={Left - 8} y={Middle + 4} text-anchor=end>{HtmlReport.Encode(subject.Name)}</text>")
            .Append(CultureInfo.InvariantCulture, $"<line x1={Left} x2={Left + width} y1={Middle} y2={Middle} stroke=\"#7a8594\"/>");
        for (int i = 0; i < subject.Anatomy.Count; i++)
        {
            string access = subject.Anatomy[i];
            bool write = access.Contains(" write ", StringComparison.Ordinal);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x={Left + i * Step + 4} y={(write ? Middle : Middle - 20)} width={Step - 8} height=20 ")
                .Append(CultureInfo.InvariantCulture, $"fill=\"{(write ? "#2f6fde" : "#e08b2f")}\"><title>{HtmlReport.Encode(access)}</title></rect>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x={Left} y={2 * Middle - 6} fill=\"#5a6472\">{subject.Anatomy.Count} accesses; ")
            .Append("reads above the line, writes below; point at one for its register</text>");
        return svg.Append("</svg>").ToString();
    }
}
