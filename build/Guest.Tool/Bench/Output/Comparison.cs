using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig;
using Guest.Tool.Bench.Results;
using Spectre.Console;

namespace Guest.Tool.Bench.Output;

/// <summary>What changed from one run to another.</summary>
internal static class Comparison
{
    // Less than this is the noise of a repeated run.
    private const double Noteworthy = 0.01;

    /// <summary>Shows the rows that both runs have.</summary>
    public static void Write(IAnsiConsole console, BenchResults before, BenchResults after)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("subject", "workload", "instructions", "", "accesses, hypercalls", "");
        Dictionary<(string, string), RowResult> earlierRows = Rows(before);
        foreach (((string subject, string workload) key, RowResult row) in Rows(after))
        {
            if (earlierRows.TryGetValue(key, out RowResult? earlier))
            {
                table.AddRow(
                    key.subject,
                    key.workload,
                    Pair(earlier.InstructionFigure, row.InstructionFigure, "#,0"),
                    Change(earlier.Instructions, row.Instructions),
                    Pair(earlier.CrossingFigure, row.CrossingFigure, "0.00"),
                    Change(earlier.Crossings, row.Crossings));
            }
        }
        if (table.Rows.Count == 0)
            throw new RigException("The two runs have no row in common: nothing to compare.");
        console.Write(table);
        if (before.Host != after.Host)
            console.MarkupLine("[yellow]The two runs were not made on the same kind of host.[/]");
        foreach (ImageFacts image in after.Images)
        {
            if (before.Images.FirstOrDefault(each => each.Application == image.Application) is { } old)
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The image of {image.Application}: {old.Bytes} -> {image.Bytes} bytes."));
        }
    }

    private static Dictionary<(string Subject, string Workload), RowResult> Rows(BenchResults results) => results.Subjects
        .SelectMany(subject => subject.Rows.Select(row => (Key: (subject.Name, row.Workload), row)))
        .ToDictionary(pair => pair.Key, pair => pair.row);

    private static string Pair(Figure? before, Figure? after, string format) =>
        $"{ResultTable.Number(before, format)} -> {ResultTable.Number(after, format)}";

    private static string Change(double? before, double? after)
    {
        if (before is not > 0 || after is null)
            return "";
        double change = after.Value / before.Value - 1;
        string text = change.ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture);
        return Math.Abs(change) < Noteworthy ? $"[grey]{text}[/]" : change < 0 ? $"[green]{text}[/]" : $"[red]{text}[/]";
    }
}
