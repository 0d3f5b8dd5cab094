using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Rig;

/// <summary>The checkout that this program was built from: where its applications, images and results are.</summary>
public sealed class Repository
{
    private Repository(string root) => Root = root;

    /// <summary>The folder that holds <c>Guest.sln</c>.</summary>
    public string Root { get; }

    /// <summary>The names of the applications, each a folder of <c>apps/</c>, in lower case and in order.</summary>
    public IReadOnlyList<string> Applications =>
        [.. Projects().Select(project => Path.GetFileNameWithoutExtension(project).ToLowerInvariant()).Order(StringComparer.Ordinal)];

    /// <summary>Finds the checkout above the running program.</summary>
    public static Repository Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Guest.sln")))
                return new Repository(folder.FullName);
        }
        throw new RigException($"No Guest.sln above {AppContext.BaseDirectory}: run this from a checkout.");
    }

    /// <summary>The project file of an application.</summary>
    public string ProjectOf(string application) =>
        Projects().FirstOrDefault(project =>
            Path.GetFileNameWithoutExtension(project).Equals(application, StringComparison.OrdinalIgnoreCase))
        ?? throw new RigException($"There is no application '{application}'. There are: {Listing()}.");

    /// <summary>The bootable image of an application, whether or not it has been built.</summary>
    public string ImageOf(string application) =>
        Path.Combine(Root, "artifacts", "images", application.ToLowerInvariant() + ".elf");

    /// <summary>The file of symbols beside an image.</summary>
    public string SymbolsOf(string application) => ImageOf(application) + ".debug";

    /// <summary>Waits until no other process builds here, and keeps others from it: two builds of one project disturb each other.</summary>
    /// <param name="progress">Told if somebody has to be waited for.</param>
    public IDisposable HoldForBuilding(Action<string>? progress = null) => FileLock.Hold(Path.Combine(Root, "artifacts", "build.lock"), progress);

    /// <summary>What to say of a build that failed: where the disk is full that, or else the build's own words.</summary>
    /// <param name="what">What does not build.</param>
    /// <param name="result">How the build ended.</param>
    public RigException BuildFailure(string what, ShellResult result)
    {
        string said = $"{result.Output.Trim()}\n{result.Errors.Trim()}".Trim();
        string heading = HostDisk.Full(Root, said) is { } full ? $"{what} does not build. {full}" : $"{what} does not build";
        return new RigException(said.Length > 0 ? $"{heading}:\n{said}" : $"{heading}; it ended with {result.ExitCode} and said nothing.");
    }

    private string Listing() => Applications.Count == 0 ? "none yet (apps/ is empty)" : string.Join(", ", Applications);

    private IEnumerable<string> Projects()
    {
        string folder = Path.Combine(Root, "apps");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder)
                .Select(application => Path.Combine(application, Path.GetFileName(application) + ".csproj"))
                .Where(File.Exists)
            : [];
    }
}
