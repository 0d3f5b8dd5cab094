using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Tool.Bench.Results;
using Spectre.Console;

namespace Guest.Tool.Bench.Output;

/// <summary>The results as a person reads them on a terminal.</summary>
internal static class ResultTable
{
    /// <summary>What stands in a figure's place where the count says nothing.</summary>
    public const string NotMeasured = "not measured";

    /// <summary>Shows everything.</summary>
    public static void Write(IAnsiConsole console, BenchResults results)
    {
        foreach (IGrouping<string, SubjectResult> application in results.Subjects.GroupBy(subject => subject.Application))
            Write(console, application.Key, application);
        console.MarkupLine("Medians, per packet, answer, connection, kB or block, ± what is in doubt: what samples differ by, or what idle does that was subtracted. Accesses: to the device's registers and ports, as QEMU saw them, and as the guest counted them;");
        console.MarkupLine("on Xen: hypercalls, as xentrace saw them, and as the guest counted them. Void: samples in which segments of TCP were sent again, which do not count.");
        foreach ((SubjectResult subject, RowResult row) in results.Disagreements)
            console.MarkupLineInterpolated($"[red]The instruments failed[/]: {subject.Name} {row.Workload}, what was seen from outside and what the guest counted differ.");
        foreach ((SubjectResult subject, RowResult row) in results.Unmeasured)
            console.MarkupLineInterpolated($"[red]Not measured[/]: {subject.Name} {row.Workload}, {row.NotMeasured}.");
        MachineTable.Write(console, results);
        if (!results.Host.TimesAreRepresentative)
            console.MarkupLine("[yellow]Times are not representative: every guest instruction is emulated on this host.[/]");
        foreach (ImageFacts image in results.Images)
            Write(console, image);
        foreach (ClaimVerdict claim in results.Claims)
            console.MarkupLineInterpolated($"[bold]{claim.Verdict}[/]: {claim.Claim} [grey]{claim.Evidence}[/]");
    }

    private static void Write(IAnsiConsole console, string application, IEnumerable<SubjectResult> subjects)
    {
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(application) };
        table.AddColumn("subject");
        table.AddColumn("workload");
        foreach (string name in new[] { "instructions", "accesses, hypercalls", "counted inside", "lost", "round trip µs", "host µs" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (SubjectResult subject in subjects)
        {
            foreach (RowResult row in subject.Rows)
            {
                table.AddRow(
                    subject.Name,
                    row.Workload,
                    row.NotMeasured is null ? Number(row.InstructionFigure, "#,0") : $"[red]{NotMeasured}[/]",
                    Number(row.CrossingFigure, "0.00"),
                    row.Disagrees ? $"[red]{Number(row.CrossingsInside, "0.00")}[/]" : Number(row.CrossingsInside, "0.00"),
                    Lost(row),
                    Number(row.RoundTripMicroseconds, "#,0"),
                    Number(row.HostMicroseconds, "#,0"));
            }
            if ((subject.Failure ?? subject.Lack) is { } why)
                table.AddRow(subject.Name, $"[{(subject.Failure is null ? "yellow" : "red")}]{why.EscapeMarkup()}[/]");
        }
        console.Write(table);
    }

    private static void Write(IAnsiConsole console, ImageFacts image)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The image of {image.Application}: {image.Bytes / 1024.0:0.0} KiB."));
        if (image.MinimumMemoryMiB is { } memory)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"It boots and answers with {memory} MiB of memory."));
        if (image.ReadyUnderInstructionClock is { } ready)
            console.WriteLine($"Its boot, one instruction a nanosecond: {ready}");
    }

    /// <summary>What was lost, and how many samples that made void.</summary>
    public static string Lost(RowResult row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Samples.Sum(sample => sample.Lost)}{(row.VoidSamples == 0 ? "" : $", {row.VoidSamples} void")}");

    /// <summary>A figure with its doubt, or a dash where there is none.</summary>
    public static string Number(Figure? figure, string format) => figure?.ToString(format) ?? "-";

    /// <summary>A figure, or a dash where there is none.</summary>
    public static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
