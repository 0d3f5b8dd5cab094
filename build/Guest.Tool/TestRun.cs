using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using System.Xml.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Spectre.Console;

namespace Guest.Tool;

/// <summary>Builds and executes test projects and adds up what they report.</summary>
internal sealed class TestRun(Repository repository, string? filter)
{
    private readonly List<(string Project, TestCounts Counts)> _results = [];

    /// <summary>A skipped test counts as failed: in CI nothing may be missing.</summary>
    private static bool SkipsFail => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } and not "false";

    /// <summary>The sum so far.</summary>
    public TestCounts Total => _results.Aggregate(default(TestCounts), (sum, next) => sum + next.Counts);

    /// <summary>The closing line.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Total.Passed} passed, {Total.Failed} failed")
        + (Total.Skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Total.Skipped} skipped") : "");

    /// <summary>Builds the solution, of which every project is a part, or the projects alone if only some are asked for.</summary>
    public bool Build(IReadOnlyList<string> projects)
    {
        string solution = Path.Combine(repository.Root, "Guest.sln");
        return Attempt("Guest.sln", () =>
        {
            ShellResult result = Shell.Run("dotnet", "build", solution, "--nologo", "--verbosity", "quiet");
            if (result.ExitCode != 0)
                throw repository.BuildFailure("Guest.sln", result);
            foreach (string project in projects.Where(project => !File.Exists(AssemblyOf(project))))
                throw new RigException($"{project} is not in Guest.sln.");
        });
    }

    /// <summary>Begins a command of the SDK's, run where the repository's own settings hold, that <see cref="Check"/> waits for.</summary>
    public Task<ShellResult> Start(params IReadOnlyList<string> command) => Task.Run(() => Shell.RunIn(repository.Root, "dotnet", command));

    /// <summary>Counts a command as one test, which it passes by ending with 0.</summary>
    /// <param name="what">Its name.</param>
    /// <param name="command">The command, begun.</param>
    public void Check(string what, Task<ShellResult> command)
    {
        Say.Note(what);
        bool succeeded = Attempt(what, () =>
        {
            ShellResult result = command.GetAwaiter().GetResult();
            if (result.ExitCode != 0)
                throw new RigException($"it ended with {result.ExitCode}:\n{result.Output.Trim()}\n{result.Errors.Trim()}".TrimEnd());
        });
        if (succeeded)
            _results.Add((what, new TestCounts(1, 0, 0)));
    }

    /// <summary>Does something that counts as one failure if it fails.</summary>
    public bool Attempt(string what, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (RigException problem)
        {
            Say.Error($"{what}: {problem.Message}");
            _results.Add((what, new TestCounts(0, 1, 0)));
            return false;
        }
    }

    /// <summary>Executes a project's tests, showing what it prints.</summary>
    public void Execute(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string assembly = AssemblyOf(project);
        if (!File.Exists(assembly))
        {
            _results.Add((name, new TestCounts(0, 1, 0)));
            return;
        }
        Say.Note(name);
        string report = Path.Combine(Path.GetDirectoryName(assembly)!, "report.xml");
        File.Delete(report);
        List<string> arguments = [assembly, "-noLogo", "-noAutoReporters", "-reporter", "quiet", "-result-xml", report];
        if (SkipsFail)
            arguments.Add("-failSkips");
        if (filter is not null)
            arguments.AddRange(["-method", $"*{filter}*"]);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        process.WaitForExit();

        TestCounts counts = File.Exists(report) ? TestCounts.Read(XDocument.Load(report)) : default;
        // A runner that died, or failed without a failed test, is a failure of its own. Having nothing to run is not.
        bool nothing = counts == default && filter is not null;
        if (process.ExitCode != 0 && counts.Failed == 0 && !nothing)
            counts += new TestCounts(0, 1, 0);
        _results.Add((name, counts));
    }

    /// <summary>The counts, project by project.</summary>
    public Table ToTable()
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("tests", "passed", "failed", "skipped");
        foreach ((string project, TestCounts counts) in _results)
        {
            string colour = counts.Failed > 0 ? "red" : "default";
            table.AddRow($"[{colour}]{project.EscapeMarkup()}[/]", Cell(counts.Passed), Cell(counts.Failed), Cell(counts.Skipped));
        }
        return table;

        static string Cell(int count) => count.ToString(CultureInfo.InvariantCulture);
    }

    private string AssemblyOf(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        return Path.Combine(repository.Root, "artifacts", "bin", name, "debug", $"Guest.{name}.dll");
    }
}
