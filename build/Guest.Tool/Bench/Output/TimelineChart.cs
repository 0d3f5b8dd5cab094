using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Results;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench.Output;

/// <summary>The way of one packet or block through a machine: a lane for each who works for it, left to right in the order in which it happened, as wide as it
/// has instructions.</summary>
internal static class TimelineChart
{
    private const int Left = 190;
    private const int Width = 740;
    private const int Lane = 26;
    private const int Top = 26;
    private const double CharacterWidth = 6.6;

    /// <summary>Draws one subject's.</summary>
    public static string Draw(SubjectResult subject)
    {
        (string Owner, string Colour)[] lanes = [.. OwnerColours.All.Where(lane => subject.Timeline.Any(step => step.Owner == lane.Owner))];
        long total = Math.Max(subject.Timeline.Sum(step => step.Instructions), 1);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={Left + Width + 20} height={Top + lanes.Length * Lane + 8} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x=0 y=15 font-weight=600>{HtmlReport.Encode(subject.Name)}</text>")
            .Append(CultureInfo.InvariantCulture, $"<text x={Left} y=15 fill=\"#5a6472\">{total:#,0} instructions</text>");
        for (int i = 0; i < lanes.Length; i++)
        {
            int y = Top + i * Lane;
            long own = subject.Timeline.Where(step => step.Owner == lanes[i].Owner).Sum(step => step.Instructions);
            svg.Append(CultureInfo.InvariantCulture, $"<text x={Left - 8} y={y + 15} text-anchor=end>{NameOf(lanes[i].Owner, lanes)}: {own:#,0}</text>")
                .Append(CultureInfo.InvariantCulture, $"<line x1={Left} x2={Left + Width} y1={y + Lane - 3} y2={y + Lane - 3} stroke=\"#e6e9ee\"/>");
        }
        long at = 0;
        foreach (TimelineStep step in subject.Timeline)
        {
            double x = Left + (double)at / total * Width;
            int lane = Array.FindIndex(lanes, each => each.Owner == step.Owner);
            if (lane < 0)
                AppendHalt(svg, x, lanes.Length);
            else
                AppendStep(svg, step, at, x, (double)step.Instructions / total * Width, Top + lane * Lane, lanes[lane].Colour);
            at += step.Instructions;
        }
        svg.Append("</svg>");
        AppendSums(svg, subject, lanes);
        AppendSteps(svg, subject, lanes);
        return svg.ToString();
    }

    private static void AppendStep(StringBuilder svg, TimelineStep step, long at, double x, double width, int y, string colour)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g><title>{HtmlReport.Encode(step.What)}: {step.Instructions:#,0} instructions, from the {at + 1:#,0}th</title>")
            .Append(CultureInfo.InvariantCulture, $"<rect x={x:0.0} y={y} width={Math.Max(width - 0.4, 0.4):0.0} height={Lane - 5} fill=\"{colour}\"/>");
        if (step.What.Length * CharacterWidth < width)
            svg.Append(CultureInfo.InvariantCulture, $"<text x={x + width / 2:0.0} y={y + 15} text-anchor=middle fill=\"#fff\">{HtmlReport.Encode(step.What)}</text>");
        svg.Append("</g>");
    }

    private static void AppendHalt(StringBuilder svg, double x, int lanes) => svg.Append(
        CultureInfo.InvariantCulture, $"<line x1={x:0.0} x2={x:0.0} y1={Top - 4} y2={Top + lanes * Lane} stroke=\"#1c2430\" stroke-dasharray=3><title>the processor halts</title></line>");

    // What most of each owner's instructions are for.
    private static void AppendSums(StringBuilder html, SubjectResult subject, (string Owner, string Colour)[] lanes)
    {
        foreach ((string owner, string colour) in lanes)
        {
            IEnumerable<string> sums = subject.Timeline.Where(step => step.Owner == owner).GroupBy(step => step.What)
                .Select(stage => (What: stage.Key, Sum: stage.Sum(step => step.Instructions)))
                .OrderByDescending(stage => stage.Sum)
                .Select(stage => string.Create(CultureInfo.InvariantCulture, $"{HtmlReport.Encode(stage.What)} {stage.Sum:#,0}"));
            html.Append(CultureInfo.InvariantCulture, $"<div class=sums><b style=\"color:{colour}\">{NameOf(owner, lanes)}</b>: {string.Join(", ", sums)}</div>");
        }
    }

    private static void AppendSteps(StringBuilder html, SubjectResult subject, (string Owner, string Colour)[] lanes)
    {
        html.Append(CultureInfo.InvariantCulture, $"<details><summary>all {subject.Timeline.Count} steps</summary><table><tr><th>who<th>what<th>instructions<th>from the</tr>");
        long at = 1;
        foreach (TimelineStep step in subject.Timeline)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{NameOf(step.Owner, lanes)}<td>{HtmlReport.Encode(step.What)}<td>{step.Instructions:#,0}<td>{at:#,0}</tr>");
            at += step.Instructions;
        }
        html.Append("</table></details>");
    }

    // Beside Xen, the Linux that is not the guest is dom0's.
    private static string NameOf(string owner, (string Owner, string Colour)[] lanes) =>
        !lanes.Any(lane => lane.Owner == XenCode.Xen) ? owner
        : owner == CodeRange.HostKernel ? "dom0's kernel"
        : owner == CodeRange.HostPrograms ? "dom0's programs" : owner;
}
