using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary><c>report.html</c>: one file that needs nothing else, with the charts as SVG.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
        h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #d5dae2 }
        table { border-collapse: collapse; font-size: .85rem } td, th { padding: .2rem .45rem; vertical-align: bottom; border-bottom: 1px solid #e6e9ee; text-align: right }
        td:first-child, th:first-child, td:nth-child(2), th:nth-child(2) { text-align: left; white-space: nowrap }
        .note { color: #5a6472 } .warn { background: #fff4d6; padding: .5rem .8rem; border-left: 4px solid #e0a800 }
        .bad { color: #b3261e; font-weight: 600 } .supported { color: #1a7f37 } .refuted { color: #b3261e } .open { color: #5a6472 }
        pre { background: #f4f6f8; padding: .6rem; overflow-x: auto; font-size: .8rem }
        .wide { overflow-x: auto } .wide table { font-size: .76rem } .wide td, .wide th { padding: .2rem .35rem } svg { display: block; max-width: 100% } svg text { font-family: system-ui, sans-serif; font-size: 12px }
        .sums { font-size: .8rem; color: #5a6472; margin-left: 190px } details { font-size: .85rem; margin: .2rem 0 1.6rem 190px }
        """;

    /// <summary>Writes it.</summary>
    public static void Write(string path, BenchResults results)
    {
        StringBuilder html = new();
        html.Append("<!doctype html><html lang=en><meta charset=utf-8><title>Guest: one application, every path</title><style>")
            .Append(Style).Append("</style>");
        html.Append("<h1>Guest: one application, every path</h1>");
        AppendHost(html, results);
        if (!results.Host.TimesAreRepresentative)
            html.Append("<p class=warn>Times are not representative: on this host every guest instruction is emulated. Counts are right within what stands behind ±.</p>");
        if (results.Interrupted)
            html.Append("<p class=warn>The run was ended before it was done; what follows is what it had.</p>");

        foreach ((SubjectResult subject, RowResult row) in results.Disagreements)
            html.Append(CultureInfo.InvariantCulture, $"<p class=warn>The instruments failed: {Encode(subject.Name)} {Encode(row.Workload)}, what was seen from outside and what the guest counted differ.</p>");
        foreach ((SubjectResult subject, RowResult row) in results.Unmeasured)
            html.Append(CultureInfo.InvariantCulture, $"<p class=warn>Not measured: {Encode(subject.Name)} {Encode(row.Workload)}, {Encode(row.NotMeasured!)}.</p>");
        AppendClaims(html, results);
        foreach (string workload in results.Subjects.SelectMany(subject => subject.Rows).Select(row => row.Workload).Distinct())
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(workload)}</h2>");
            AppendBars(html, results, workload, "Device accesses (seen by QEMU), on Xen hypercalls (seen by Xen)", row => row.CrossingFigure, "0.00");
            AppendBars(html, results, workload, "Instructions of the guest", row => row.InstructionFigure, "#,0");
            html.Append(StackedChart.Draw(results, workload));
            html.Append(LatencyChart.Draw(results, workload));
        }
        HtmlTables.Append(html, results);
        AppendAnatomy(html, results);
        AppendFailures(html, results);
        File.WriteAllText(path, html.ToString());
    }

    /// <summary>Makes text harmless inside HTML.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static void AppendHost(StringBuilder html, BenchResults results)
    {
        HostFacts host = results.Host;
        html.Append(CultureInfo.InvariantCulture, $"<p class=note>{results.Started:u}. {Encode(host.Processor)}, {host.Processors} processors; ")
            .Append(CultureInfo.InvariantCulture, $"{Encode(host.Kernel)}; {Encode(host.Qemu)}; {Encode(host.Accelerator)}; {Encode(host.Runtime)}.</p>");
        foreach (ImageFacts image in results.Images)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>The image of {Encode(image.Application)} has {image.Bytes:#,0} bytes");
            if (image.MinimumMemoryMiB is { } memory)
                html.Append(CultureInfo.InvariantCulture, $", boots and answers with {memory} MiB of memory");
            html.Append('.');
            if (image.ReadyUnderInstructionClock is { } ready)
                html.Append(CultureInfo.InvariantCulture, $" Booted with one instruction a nanosecond it says: <code>{Encode(ready)}</code>.");
            html.Append("</p>");
        }
    }

    private static void AppendBars(
        StringBuilder html, BenchResults results, string workload, string title, Func<RowResult, Figure?> value, string format)
    {
        (string Name, Figure Value)[] bars =
        [
            .. from subject in results.Subjects
               from row in subject.Rows
               where row.Workload == workload && value(row) is not null
               select (subject.Name, value(row)!.Value),
        ];
        if (bars.Length > 0)
            html.Append(BarChart.Draw(title, bars, format));
    }

    private static void AppendAnatomy(StringBuilder html, BenchResults results)
    {
        SubjectResult[] ways = [.. results.Subjects.Where(subject => subject.Timeline.Count > 0)];
        SubjectResult[] accessed = [.. results.Subjects.Where(subject => subject.Anatomy.Count > 0)];
        if (ways.Length + accessed.Length > 0)
            html.Append("<h2>The anatomy of one packet, and of one block</h2>");
        if (ways.Length > 0)
        {
            html.Append("<p class=note>One 64-byte UDP echo, or one 4 KiB read, that comes alone: every instruction that the machine executes for it, in order, as the plugin ")
                .Append("recorded it; a dashed line is where the processor halts. It is the way with the fewest instructions of five. Where packets follow one another, the next ")
                .Append("is often there before all are asleep again, so that the figures above are lower. Point at a step to see what it is.</p>");
        }
        foreach (SubjectResult subject in ways)
            html.Append(TimelineChart.Draw(subject));
        foreach (SubjectResult subject in results.Subjects.Where(subject => subject.TimelineProblem is not null))
            html.Append(CultureInfo.InvariantCulture, $"<p class=note>{Encode(subject.Name)} has no such picture: {Encode(subject.TimelineProblem!)}</p>");
        if (accessed.Length > 0)
            html.Append("<h3>Every access to a register or a port, in order</h3><p class=note>The same, as QEMU traced it: reads above the line, writes below, and how many they are; of a packet also those to ")
                .Append("timers and to the processor's own interrupt controller. Point at one to see what it is.</p>");
        foreach (SubjectResult subject in accessed)
            html.Append(AnatomyChart.Draw(subject));
    }

    private static void AppendClaims(StringBuilder html, BenchResults results)
    {
        html.Append("<h2>The claims</h2>");
        foreach (ClaimVerdict claim in results.Claims)
        {
            string kind = claim.Verdict is "supported" or "refuted" ? claim.Verdict : "open";
            html.Append(CultureInfo.InvariantCulture, $"<p><b class={kind}>{Encode(claim.Verdict)}</b>: {Encode(claim.Claim)}<br>")
                .Append(CultureInfo.InvariantCulture, $"<span class=note>{Encode(claim.Evidence)}</span></p>");
        }
    }

    private static void AppendFailures(StringBuilder html, BenchResults results)
    {
        foreach (SubjectResult subject in results.Subjects.Where(subject => subject.Lack is not null))
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(subject.Name)} could not be measured on this host</h2><p>{Encode(subject.Lack!)}</p>");
        foreach (SubjectResult subject in results.Subjects.Where(subject => subject.Failure is not null))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(subject.Name)} failed</h2><p>{Encode(subject.Failure!)}</p>");
            if (subject.Console is not null)
                html.Append(CultureInfo.InvariantCulture, $"<pre>{Encode(subject.Console)}</pre>");
        }
    }
}
