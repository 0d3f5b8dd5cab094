using System;
using System.Diagnostics;
using System.IO;

namespace Guest.Fuzz.Tests;

/// <summary>The fuzzer as a process, as the tool starts it.</summary>
internal static class Fuzzer
{
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(10);

    /// <returns>How it ended, and what it said.</returns>
    public static (int ExitCode, string Output) Run(params string[] words)
    {
        // It leaves what it finds below its checkout's artifacts, beside which it must lie.
        string program = Path.Combine(AppContext.BaseDirectory, "Guest.Fuzz.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_most))
            process.Kill(entireProcessTree: true);
        return (process.ExitCode, output);
    }
}
