using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Guest.Rig;
using Guest.Rig.Host;
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
        List<string> unitTests = unit ? [.. Projects(Path.Combine(repository.Root, "tests", "unit"))] : [];
        List<string> integrationTests = integration ? [.. Projects(Path.Combine(repository.Root, "tests", "integration"))] : [];
        Stopwatch time = Stopwatch.StartNew();
        bool built = run.Build([.. unitTests, .. integrationTests]);
        if (integration)
        {
            ImageBuilder images = new(repository);
            foreach (string application in repository.Applications)
                built &= run.Attempt(application + " (image)", () => images.Build(application));
        }

        // It needs one processor for as long as all unit tests take, which leave one idle often enough.
        Task<ShellResult>? format = unit && filter is null ? run.Start("format", "Guest.sln", "--verify-no-changes", "--no-restore") : null;
        foreach (string project in unitTests)
            run.Execute(project);
        if (format is not null)
        {
            run.Check("dotnet format", format);
            // One small project shows that the command works; all of them were run above.
            run.Check("dotnet test", run.Start("test", "--project", "tests/unit/Xen.Rig.Tests", "--no-build"));
        }

        foreach (string project in integrationTests)
            run.Execute(project);

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
