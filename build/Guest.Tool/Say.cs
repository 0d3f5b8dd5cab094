using System;
using Spectre.Console;

namespace Guest.Tool;

/// <summary>How the tool speaks: results on the standard output, everything else on the standard error.</summary>
internal static class Say
{
    /// <summary>The terminal for what is not a result.</summary>
    public static IAnsiConsole Aside { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
    });

    /// <summary>Tells of an error.</summary>
    public static void Error(string message) => Aside.MarkupLineInterpolated($"[red]guest:[/] {message}");

    /// <summary>Tells what is being done.</summary>
    public static void Note(string message) => Aside.MarkupLineInterpolated($"[grey]{message}[/]");
}
