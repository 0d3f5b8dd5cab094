using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>The distributions of round trips: for each subject a curve of the part of packets that came back within a time.</summary>
internal static class LatencyChart
{
    private const int Left = 190;
    private const int Width = 560;
    private const int Height = 150;
    private const int Top = 26;
    private const int Legend = 14;

    /// <summary>Draws one workload; an empty string if it has no round trips.</summary>
    public static string Draw(BenchResults results, string workload)
    {
        (string Name, double[] Trips)[] curves =
        [
            .. from subject in results.Subjects
               from row in subject.Rows
               where row.Workload == workload
               let trips = row.Samples.SelectMany(sample => sample.RoundTrips).Where(trip => trip > 0).Order().ToArray()
               where trips.Length > 1
               select (subject.Name, trips),
        ];
        if (curves.Length == 0)
            return "";

        double least = Math.Log10(curves.Min(curve => curve.Trips[0]));
        double most = Math.Max(Math.Log10(curves.Max(curve => curve.Trips[^1])), least + 0.1);
        StringBuilder svg = new();
        string warning = results.Host.TimesAreRepresentative ? "" : ", not representative under emulation";
        svg.Append(CultureInfo.InvariantCulture, $"<svg width={Left + Width + 200} height={Top + Math.Max(Height + 30, curves.Length * Legend)} role=img>")
            .Append(CultureInfo.InvariantCulture, $"<text x=0 y=15 font-weight=600>Round trips, part of packets within a time{warning}</text>")
            .Append(CultureInfo.InvariantCulture, $"<rect x={Left} y={Top} width={Width} height={Height} fill=none stroke=\"#d5dae2\"/>");
        for (double decade = Math.Ceiling(least); decade <= most; decade++)
        {
            double x = X(decade, least, most);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1={x:0.0} x2={x:0.0} y1={Top} y2={Top + Height} stroke=\"#e6e9ee\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x={x:0.0} y={Top + Height + 16} text-anchor=middle>{Math.Pow(10, decade):#,0} µs</text>");
        }
        for (int i = 0; i < curves.Length; i++)
        {
            string colour = string.Create(CultureInfo.InvariantCulture, $"hsl({360 * i / curves.Length},65%,42%)");
            AppendCurve(svg, curves[i], colour, least, most);
            svg.Append(CultureInfo.InvariantCulture, $"<text x={Left + Width + 8} y={Top + 10 + i * Legend} fill=\"{colour}\">")
                .Append(HtmlReport.Encode(curves[i].Name)).Append("</text>");
        }
        return svg.Append("</svg>").ToString();
    }

    private static void AppendCurve(StringBuilder svg, (string Name, double[] Trips) curve, string colour, double least, double most)
    {
        double[] trips = curve.Trips;
        IEnumerable<string> points = trips.Select((trip, i) => string.Create(
            CultureInfo.InvariantCulture, $"{X(Math.Log10(trip), least, most):0.0},{Top + Height * (1 - (i + 1.0) / trips.Length):0.0}"));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=none stroke-width=1.5 stroke=\"{colour}\" points=\"")
            .Append(string.Join(' ', points))
            .Append(CultureInfo.InvariantCulture, $"\"><title>{HtmlReport.Encode(curve.Name)}</title></polyline>");
    }

    private static double X(double decade, double least, double most) => Left + (decade - least) / (most - least) * Width;
}
