using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>Whose a whole machine's instructions are: for each subject one bar of several parts.</summary>
internal static class StackedChart
{
    private const int LabelWidth = 190;
    private const int BarWidth = 560;
    private const int Row = 22;

    /// <summary>Draws one workload; an empty string if no subject has such figures.</summary>
    public static string Draw(BenchResults results, string workload)
    {
        (string Name, RowResult Row)[] bars =
        [
            .. MachineTable.Rows(results).Where(pair => pair.Row.Workload == workload).Select(pair => (pair.Subject.Name, pair.Row)),
        ];
        if (bars.Length == 0)
            return "";
        double largest = Math.Max(bars.Max(bar => bar.Row.MachineFigure!.Value.Value + bar.Row.MachineFigure.Value.Doubt), 1);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={LabelWidth + BarWidth + 90} height={(bars.Length + 2) * Row + 6} role=img>")
            .Append("<text x=0 y=15 font-weight=600>Instructions of the whole machine, by whose they are</text>");
        for (int i = 0; i < bars.Length; i++)
            AppendBar(svg, bars[i].Name, bars[i].Row, (i + 1) * Row, BarWidth / largest);
        AppendLegend(svg, (bars.Length + 1) * Row + 15);
        return svg.Append("</svg>").ToString();
    }

    private static void AppendBar(StringBuilder svg, string name, RowResult row, int y, double scale)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<text x={LabelWidth - 8} y={y + 15} text-anchor=end>{HtmlReport.Encode(name)}</text>");
        double x = LabelWidth;
        foreach ((string owner, string colour) in OwnerColours.All)
        {
            Figure part = row.PartOf(owner) ?? default;
            double count = part.Value;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x={x:0.0} y={y + 3} width={count * scale:0.0} height={Row - 7} fill=\"{colour}\">")
                .Append(CultureInfo.InvariantCulture, $"<title>{owner}: {part.ToString("#,0")}</title></rect>");
            x += count * scale;
        }
        Figure machine = row.MachineFigure!.Value;
        BarChart.AppendWhisker(svg, LabelWidth, y, machine, scale);
        svg.Append(CultureInfo.InvariantCulture, $"<text x={x + machine.Doubt * scale + 6:0.0} y={y + 15}>{machine.ToString("#,0")}</text>");
    }

    private static void AppendLegend(StringBuilder svg, int y)
    {
        int x = LabelWidth;
        foreach ((string owner, string colour) in OwnerColours.All)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x={x} y={y - 10} width=11 height=11 fill=\"{colour}\"/><text x={x + 16} y={y}>{owner}</text>");
            x += 120;
        }
    }
}
