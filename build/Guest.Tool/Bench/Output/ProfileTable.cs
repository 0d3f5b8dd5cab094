using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig.Measure;
using Guest.Xen.Rig.Tracing;
using Spectre.Console;

namespace Guest.Tool.Bench.Output;

/// <summary>In which functions a guest's instructions are.</summary>
internal static class ProfileTable
{
    private const int Rows = 90;

    /// <summary>Shows the functions of one workload.</summary>
    /// <param name="console">Where.</param>
    /// <param name="title">What was measured.</param>
    /// <param name="counts">Instructions by address.</param>
    /// <param name="symbols">The names.</param>
    /// <param name="packets">By what to divide.</param>
    public static void Write(IAnsiConsole console, string title, IReadOnlyDictionary<ulong, long> counts, SymbolTable symbols, long packets)
    {
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(title.EscapeMarkup()) };
        table.AddColumn(new TableColumn("instructions a packet").RightAligned());
        table.AddColumn("function");
        foreach ((string function, long count) in symbols.ByFunction(counts, Foreign).Take(Rows))
            table.AddRow(((double)count / packets).ToString("#,0.0", CultureInfo.InvariantCulture), function.EscapeMarkup());
        console.Write(table);
    }

    private static string? Foreign(ulong address) =>
        XenCode.OwnerOf(address) is var owner && owner == CodeRange.Guest ? null : $"({owner})";
}
