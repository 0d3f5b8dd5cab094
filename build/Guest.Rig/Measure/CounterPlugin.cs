using System;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Rig.Measure;

/// <summary>Builds the plugin that counts instructions, where it is older than its sources.</summary>
public static class CounterPlugin
{
    /// <summary>Builds it if needed.</summary>
    /// <returns>Its shared library.</returns>
    public static string Build(Repository repository)
    {
        string project = Path.Combine(repository.Root, "build", "Guest.Counter");
        string library = Path.Combine(repository.Root, "artifacts", "publish", "Guest.Counter", "release_linux-x64", "Guest.Counter.so");
        if (IsFresh())
            return library;
        using IDisposable held = repository.HoldForBuilding();
        if (IsFresh())
            return library;
        DateTime begun = DateTime.UtcNow;
        ShellResult result = Shell.RunLong("dotnet", "publish", project, "--configuration", "Release", "--nologo", "--verbosity", "quiet");
        if (result.ExitCode != 0 || !File.Exists(library))
            throw repository.BuildFailure("The plugin that counts instructions", result);
        File.SetLastWriteTimeUtc(library, begun);
        return library;

        bool IsFresh() =>
            File.Exists(library) && File.GetLastWriteTimeUtc(library) >= Directory.EnumerateFiles(project).Max(File.GetLastWriteTimeUtc);
    }
}
