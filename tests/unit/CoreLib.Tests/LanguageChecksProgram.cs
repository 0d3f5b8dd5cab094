using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Guest.CoreLib.Tests;

/// <summary>The program of tests/corelib/LanguageChecks: compiled as the kernel is, run as a Linux process.</summary>
internal static class LanguageChecksProgram
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static (int ExitCode, string[] Lines) Run(params string[] arguments)
    {
        string path = typeof(LanguageChecksProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "LanguageChecks").Value!;
        ProcessStartInfo start = new(path) { RedirectStandardOutput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            Assert.Fail($"{path} did not end");
        }

        return (process.ExitCode, output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
