using System;
using Spectre.Console;

namespace Guest.Tool;

/// <summary>How the tool speaks: results on the standard output, everything else on the standard error.</summary>
internal static class Say
{
    // Lines are the terminal's to wrap: what is cut in two cannot be copied, nor searched for.
    private const int NoWrapping = 1 << 20;

    private static readonly IAnsiConsole s_lines = Unwrapped(OnErrors());

    /// <summary>The terminal for what is not a result.</summary>
    public static IAnsiConsole Aside { get; } = OnErrors();

    /// <summary>Lets results be as wide as they are where no terminal shows them.</summary>
    public static void PrepareResults()
    {
        if (Console.IsOutputRedirected)
            Unwrapped(AnsiConsole.Console);
    }

    /// <summary>Tells of an error.</summary>
    public static void Error(string message) => s_lines.MarkupLineInterpolated($"[red]guest:[/] {message}");

    /// <summary>Tells what is being done.</summary>
    public static void Note(string message) => s_lines.MarkupLineInterpolated($"[grey]{message}[/]");

    private static IAnsiConsole Unwrapped(IAnsiConsole console)
    {
        console.Profile.Width = NoWrapping;
        return console;
    }

    private static IAnsiConsole OnErrors() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
    });
}
