using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Guest.Rig;
using Spectre.Console;

namespace Guest.Tool.Commands;

/// <summary><c>./guest test</c>.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        Option<bool> unit = new("--unit") { Description = "Only the unit tests." };
        Option<bool> integration = new("--integration") { Description = "Only the integration tests." };
        Option<string?> filter = new("--filter") { Description = "Only tests whose full name contains this.", HelpName = "text" };
        Command command = new("test", "Builds everything and runs the tests. A skipped test is a failure where CI is set.")
        {
            unit, integration, filter,
        };
        command.SetAction(parsed =>
        {
            bool one = parsed.GetValue(unit) || parsed.GetValue(integration);
            return Run(
                Repository.Find(),
                unit: !one || parsed.GetValue(unit),
                integration: !one || parsed.GetValue(integration),
                parsed.GetValue(filter));
        });
        return command;
    }

    private static int Run(Repository repository, bool unit, bool integration, string? filter)
    {
        TestRun run = new(repository, filter);
        List<string> projects = [];
        if (unit)
            projects.AddRange(Projects(Path.Combine(repository.Root, "tests", "unit")));
        if (integration)
            projects.AddRange(Projects(Path.Combine(repository.Root, "tests", "integration")));

        Stopwatch time = Stopwatch.StartNew();
        bool built = run.Build(projects);
        if (integration)
        {
            ImageBuilder images = new(repository);
            foreach (string application in repository.Applications)
                built &= run.Attempt(application + " (image)", () => images.Build(application));
        }
        foreach (string project in projects)
            run.Execute(project);
        if (unit && filter is null)
        {
            run.Check("dotnet format", "format", "Guest.sln", "--verify-no-changes", "--no-restore");
            // One small project shows that the command works; all of them were run above.
            run.Check("dotnet test", "test", "--project", "tests/unit/Xen.Rig.Tests", "--no-build");
        }

        AnsiConsole.Write(run.ToTable());
        Say.Note($"{time.Elapsed.TotalSeconds:0} s");
        AnsiConsole.WriteLine(run.Summary);
        return built && run.Total is { Failed: 0, Passed: > 0 } ? 0 : 1;
    }

    private static IEnumerable<string> Projects(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories).Order(System.StringComparer.Ordinal)
            : [];
}
