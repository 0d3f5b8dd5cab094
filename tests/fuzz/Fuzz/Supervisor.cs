using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Guest.Fuzz;

/// <summary>Runs the work in another process.</summary>
internal static class Supervisor
{
    /// <summary>The first word of a process that works.</summary>
    public const string WorkerWord = "--works";

    /// <summary>What a worker ends with when a step of its work takes too long.</summary>
    public const int Hung = 97;

    /// <returns>How it ended, and its number.</returns>
    public static (int ExitCode, int Process) Run(string program, IEnumerable<string> words)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, WorkerWord, .. words]))!;
        process.WaitForExit();
        return (process.ExitCode, process.Id);
    }

    /// <summary>Whether a worker ended by what it had to find out: 0, <see cref="Program.Failed"/>, or a usage error.</summary>
    public static bool HasTold(int exitCode) => exitCode is >= 0 and <= 2;

    public static string Describe(int exitCode) => exitCode switch
    {
        Hung => "an input takes longer than it may",
        _ => $"the process died ({exitCode}): memory that is not there, or a stack that is used up",
    };
}
