using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace Guest.Rig.Host;

/// <summary>Runs another program to its end and takes what it said.</summary>
public static class Shell
{
    /// <summary>Runs a program; its output is returned, not shown.</summary>
    public static ShellResult Run(string program, params IEnumerable<string> arguments) => Finish(Start(program, arguments));

    /// <summary>Runs a program in a folder; its output is returned, not shown.</summary>
    public static ShellResult RunIn(string folder, string program, params IEnumerable<string> arguments) => Finish(Start(program, arguments, folder));

    /// <summary>Runs a program that takes long; its output is returned, not shown. <see cref="Lifeline.Cut"/> ends it.</summary>
    public static ShellResult RunLong(string program, params IEnumerable<string> arguments) =>
        Finish(Lifeline.Start([], program, arguments));

    /// <summary>Runs a program that must succeed, and returns what it printed.</summary>
    public static string Require(string program, params IEnumerable<string> arguments)
    {
        List<string> list = [.. arguments];
        ShellResult result = Run(program, list);
        return result.ExitCode == 0
            ? result.Output
            : throw new RigException($"{program} {string.Join(' ', list)} ended with {result.ExitCode}: {result.Errors.Trim()}");
    }

    private static ShellResult Finish(Process started)
    {
        using Process process = started;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ShellResult(process.ExitCode, output, errors.Result);
    }

    private static Process Start(string program, IEnumerable<string> arguments, string folder = "")
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception cause)
        {
            throw new RigException($"'{program}' cannot be run ({cause.Message}). './guest doctor' lists what is needed.", cause);
        }
    }
}
