using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool.Commands;

/// <summary><c>./guest fuzz TARGET</c>: builds the fuzzer, and hands everything to it.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        Command command = new("fuzz", "Lets the kernel's sources have inputs, and drivers far sides, that nobody would think of. See tests/fuzz.");
        FuzzOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            if (parsed.GetValue(FuzzOptions.Afl))
                HostPackages.Require([HostRequirements.Afl]);
            string program = Build(repository);
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. parsed.Tokens.Skip(1).Select(token => token.Value)]))!;
            process.WaitForExit();
            return process.ExitCode;
        });
        return command;
    }

    private static string Build(Repository repository)
    {
        using (repository.HoldForBuilding(Say.Note))
        {
            ShellResult result = Shell.Run(
                "dotnet", "build", Path.Combine(repository.Root, "tests", "fuzz", "Fuzz"), "--configuration", "Release", "--nologo", "--verbosity", "quiet");
            if (result.ExitCode != 0)
                throw repository.BuildFailure("tests/fuzz/Fuzz", result);
        }

        return Path.Combine(repository.Root, "artifacts", "bin", "Fuzz", "release", "Guest.Fuzz.dll");
    }
}
