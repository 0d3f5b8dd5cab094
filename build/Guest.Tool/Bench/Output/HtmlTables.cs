using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary>The report's tables: every figure of every row.</summary>
internal static class HtmlTables
{
    /// <summary>Adds a table for each application, and one for machines that carry more than the guest.</summary>
    public static void Append(StringBuilder html, BenchResults results)
    {
        html.Append("<h2>All figures</h2><p class=note>Medians, per packet, answer, connection, kB or block; behind ± what is in doubt: what samples differ by, or what idle does that was subtracted. Accesses: to the device's registers and ports as QEMU saw them; on Xen ")
            .Append("hypercalls, as xentrace saw them. Void are samples in which segments of TCP were sent again; they do not count. Where what the guest counted differs by more than 1 %, the instrument has failed and the figure is red.")
            .Append(results.Host.TimesAreRepresentative ? "</p>" : " Round trips and host µs are not representative: this host emulates.</p>");
        foreach (IGrouping<string, SubjectResult> application in results.Subjects.GroupBy(subject => subject.Application))
            AppendFigures(html, application.Key, application);
        AppendMachines(html, results);
    }

    private static void AppendFigures(StringBuilder html, string application, IEnumerable<SubjectResult> subjects)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h3>{HtmlReport.Encode(application)}</h3><div class=wide><table><tr><th>subject<th>workload<th>instructions")
            .Append("<th>accesses, hypercalls<th>counted inside<th>interrupts<th>notifications<th>suppressed<th>descriptors<th>burst<th>copied bytes")
            .Append("<th>summed bytes<th>lost<th>round trip µs<th>host µs</tr>");
        foreach (SubjectResult subject in subjects)
        {
            foreach (RowResult row in subject.Rows)
            {
                html.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlReport.Encode(subject.Name)}<td>{HtmlReport.Encode(row.Workload)}")
                    .Append(row.NotMeasured is null ? Cell(row.InstructionFigure, "#,0") : $"<td class=bad>{ResultTable.NotMeasured}")
                    .Append(Cell(row.CrossingFigure, "0.00"))
                    .Append(Cell(row.CrossingsInside, "0.00", row.Disagrees ? " class=bad" : ""))
                    .Append(Cell(row.Inside("interrupt"), "0.00")).Append(Cell(row.Inside("notification"), "0.00"))
                    .Append(Cell(row.Inside("notificationSuppressed"), "0.00")).Append(Cell(row.Inside("descriptor"), "0.00"))
                    .Append(Cell(row.MeanBurst, "0.0")).Append(Cell(row.Inside("copiedBytes"), "0")).Append(Cell(row.Inside("summedBytes"), "0"))
                    .Append("<td>").Append(ResultTable.Lost(row))
                    .Append(Cell(row.RoundTripMicroseconds, "#,0")).Append(Cell(row.HostMicroseconds, "#,0"))
                    .Append("</tr>");
            }
        }
        html.Append("</table></div>");
    }

    private static void AppendMachines(StringBuilder html, BenchResults results)
    {
        IReadOnlyList<string> owners = MachineTable.Owners(results);
        if (owners.Count == 0)
            return;
        html.Append("<h3>Machines that carry a hypervisor beside the guest</h3><div class=wide><table><tr><th>subject<th>workload<th>whole machine");
        foreach (string owner in owners)
            html.Append("<th>").Append(HtmlReport.Encode(owner));
        html.Append("<th>exits<th>switches<th>to the guest<th>to dom0<th>to nobody</tr>");
        foreach ((SubjectResult subject, RowResult row) in MachineTable.Rows(results))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlReport.Encode(subject.Name)}<td>{HtmlReport.Encode(row.Workload)}")
                .Append(Cell(row.MachineFigure, "#,0"));
            foreach (string owner in owners)
                html.Append(Cell(row.PartOf(owner), "#,0"));
            html.Append(Cell(row.ExitFigure, "0.00")).Append(Cell(row.SwitchFigure, "0.00"))
                .Append(Cell(row.SwitchesTo("guest"), "0.00")).Append(Cell(row.SwitchesTo("dom0"), "0.00")).Append(Cell(row.SwitchesTo("idle"), "0.00"))
                .Append("</tr>");
        }
        html.Append("</table></div>");
    }

    private static string Cell(Figure? figure, string format) => $"<td>{ResultTable.Number(figure, format)}";

    private static string Cell(double? value, string format, string attributes = "") => $"<td{attributes}>{ResultTable.Number(value, format)}";
}
