using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>What surrounds the program.</summary>
public static class Environment
{
    /// <summary>What <c>Main</c> gets: the entry keeps it here.</summary>
    internal static string[] MainArguments { get; set; } = Array.Empty<string>();

    /// <summary>What ends the machine with an exit code; Boot sets it.</summary>
    public static Action<int>? ExitHandler { get; set; }

    public static int ExitCode { get; set; }

    public static string NewLine => "\n";

    public static int ProcessorCount => 1;

    public static bool Is64BitProcess => true;

    public static string[] GetCommandLineArgs() => MainArguments;

    [DoesNotReturn]
    public static void Exit(int exitCode)
    {
        ExitHandler?.Invoke(exitCode);
        System.Runtime.Panic.Fail("Environment.Exit returned");
    }

    [DoesNotReturn]
    public static void FailFast(string? message) => System.Runtime.Panic.Fail(message ?? "Environment.FailFast");
}
