using System;
using System.CommandLine;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Tool.Commands;

namespace Guest.Tool;

/// <summary>The command line <c>./guest</c>.</summary>
internal static class Program
{
    /// <summary>What a command line that cannot be understood ends with.</summary>
    public const int UsageError = 2;

    public static int Main(string[] arguments)
    {
        Say.PrepareResults();
        HostRequirement.CompletePath();

        // What follows -- is not for us, whatever it looks like.
        int end = Array.IndexOf(arguments, "--");
        string[] own = end < 0 ? arguments : arguments[..end];
        string[] rest = end < 0 ? [] : arguments[(end + 1)..];
        RootCommand root = new("Builds, runs, tests and measures Guest's appliances.")
        {
            BuildCommand.Create(),
            RunCommand.Create(rest),
            TestCommand.Create(),
            DoctorCommand.Create(),
            PathsCommand.Create(),
            XlCommand.Create(rest),
            BenchCommand.Create(),
            FuzzCommand.Create(),
        };
        root.HelpName = "./guest";
        ParseResult parsed = root.Parse(own.Length == 0 ? ["--help"] : own);
        bool unexpectedRest = end >= 0 && parsed.CommandResult.Command.Name is not (RunCommand.Name or XlCommand.Name);
        if (parsed.Errors.Count > 0 || unexpectedRest)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
                Say.Error(message);
            if (unexpectedRest)
                Say.Error($"Only '{RunCommand.Name}' and '{XlCommand.Name}' take something after --.");
            string command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            Say.Error($"See ./guest {command}--help.");
            return UsageError;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (RigException problem)
        {
            Say.Error(problem.Message);
            return 1;
        }
    }
}
