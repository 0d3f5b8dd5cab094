using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Results;
using Spectre.Console;

namespace Guest.Tool.Bench.Output;

/// <summary>Where a whole machine's instructions are, where it carries a hypervisor beside the guest, and how often the processor changed hands.</summary>
internal static class MachineTable
{
    /// <summary>Whose instructions there are.</summary>
    public static IReadOnlyList<string> Owners(BenchResults results) =>
        [.. Rows(results).SelectMany(row => row.Row.Samples).SelectMany(sample => sample.InstructionsByOwner.Keys).Distinct()];

    /// <summary>The rows that tell more than the guest's own, as far as they were measured.</summary>
    public static IEnumerable<(SubjectResult Subject, RowResult Row)> Rows(BenchResults results) =>
        from subject in results.Subjects
        from row in subject.Rows
        where row.MachineFigure is not null
        select (subject, row);

    /// <summary>Shows them, if there are any.</summary>
    public static void Write(IAnsiConsole console, BenchResults results)
    {
        IReadOnlyList<string> owners = Owners(results);
        if (owners.Count == 0)
            return;
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle("Instructions of the whole machine, exits of the guest, switches of the processor") };
        table.AddColumn("subject");
        table.AddColumn("workload");
        foreach (string name in (IEnumerable<string>)["whole machine", .. owners, "exits", "switches"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach ((SubjectResult subject, RowResult row) in Rows(results))
        {
            table.AddRow(
            [
                subject.Name,
                row.Workload,
                ResultTable.Number(row.MachineFigure, "#,0"),
                .. owners.Select(owner => ResultTable.Number(row.PartOf(owner), "#,0")),
                ResultTable.Number(row.ExitFigure, "0.00"),
                ResultTable.Number(row.SwitchFigure, "0.00"),
            ]);
        }
        console.Write(table);
    }
}
