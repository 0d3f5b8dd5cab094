using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Rig.Linux;

/// <summary>A program that the Linux guest runs.</summary>
/// <param name="Command">How it is started, as a shell command.</param>
/// <param name="Files">The files that it needs, by their paths inside.</param>
public sealed record LinuxService(string Command, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The kernel's modules that it needs, beside the NICs' drivers.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>One of our applications, compiled by .NET's native compiler for Linux: the same source that runs on our kernel.</summary>
    public static LinuxService Application(Repository repository, string application, string arguments)
    {
        string program = Publish(repository, application);
        Dictionary<string, string> files = new() { ["/app/" + application] = program };
        foreach (string library in Libraries(program))
            files[library] = library;
        return new LinuxService($"/app/{application} {arguments}", files);
    }

    /// <summary>Compiles an application for Linux, where it is older than its sources.</summary>
    /// <returns>The program.</returns>
    public static string Publish(Repository repository, string application)
    {
        string project = repository.ProjectOf(application);
        string output = Path.Combine(repository.Root, "artifacts", "native", application);
        string program = Path.Combine(output, Path.GetFileNameWithoutExtension(project));
        if (IsFresh())
            return program;
        using IDisposable held = repository.HoldForBuilding();
        if (IsFresh())
            return program;
        DateTime begun = DateTime.UtcNow;
        ShellResult result = Shell.RunLong(
            "dotnet", "publish", project, "--configuration", "Release", "--runtime", "linux-x64", "--output", output, "--nologo", "--verbosity", "quiet",
            "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc", "-p:GuestImage=false");
        if (result.ExitCode != 0 || !File.Exists(program))
            throw repository.BuildFailure($"{application} (for Linux)", result);
        File.SetLastWriteTimeUtc(program, begun);
        return program;

        bool IsFresh()
        {
            IEnumerable<string> sources = Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*", SearchOption.AllDirectories);
            // What an application takes of the kernel's libraries is compiled into it.
            if (File.ReadAllText(project).Contains("kernel/", StringComparison.Ordinal))
                sources = sources.Concat(Directory.EnumerateFiles(Path.Combine(repository.Root, "kernel"), "*.cs", SearchOption.AllDirectories));
            return File.Exists(program) && File.GetLastWriteTimeUtc(program) >= sources.Max(File.GetLastWriteTimeUtc);
        }
    }

    /// <summary>The libraries that a program loads: ldd prints "NAME => PATH (ADDRESS)", and "PATH (ADDRESS)" for the loader.</summary>
    internal static IEnumerable<string> Libraries(string program) =>
        Shell.Require("ldd", program).Split('\n')
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(word => word.StartsWith('/'));
}
