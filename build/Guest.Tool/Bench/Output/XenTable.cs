using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Results;
using Spectre.Console;

namespace Guest.Tool.Bench.Output;

/// <summary>Where a whole machine's instructions are, where it carries more than the guest, and who was given the processor.</summary>
internal static class XenTable
{
    /// <summary>Who can be given the processor, as a column and as in the results.</summary>
    public static IReadOnlyList<string> Switches { get; } = ["guest", "dom0", "idle"];

    /// <summary>Whose instructions there are.</summary>
    public static IReadOnlyList<string> Owners(BenchResults results) =>
        [.. Rows(results).SelectMany(row => row.Row.Samples).SelectMany(sample => sample.InstructionsByOwner.Keys).Distinct()];

    /// <summary>The rows that tell more than the guest's own.</summary>
    public static IEnumerable<(SubjectResult Subject, RowResult Row)> Rows(BenchResults results) =>
        from subject in results.Subjects
        from row in subject.Rows
        where row.MachineInstructions is not null
        select (subject, row);

    /// <summary>Shows them, if there are any.</summary>
    public static void Write(IAnsiConsole console, BenchResults results)
    {
        IReadOnlyList<string> owners = Owners(results);
        if (owners.Count == 0)
            return;
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle("Instructions of the whole machine, and switches to") };
        table.AddColumn("subject");
        table.AddColumn("workload");
        foreach (string name in (IEnumerable<string>)["whole machine", .. owners, .. Switches.Select(whom => "to " + whom)])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach ((SubjectResult subject, RowResult row) in Rows(results))
        {
            table.AddRow(
            [
                subject.Name,
                row.Workload,
                ResultTable.Number(row.MachineInstructions, "#,0"),
                .. owners.Select(owner => ResultTable.Number(row.InstructionsOf(owner), "#,0")),
                .. Switches.Select(whom => ResultTable.Number(row.SwitchesTo(whom), "0.00")),
            ]);
        }
        console.Write(table);
    }
}
