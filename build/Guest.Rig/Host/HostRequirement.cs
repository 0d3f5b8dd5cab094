using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Guest.Rig.Host;

/// <summary>A Debian package that something here needs.</summary>
/// <param name="Package">Its name.</param>
/// <param name="Evidence">A file that it brings: a program's name, to be found on PATH, or a path whose last part may hold <c>*</c>.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Scope">Who needs it.</param>
public sealed record HostRequirement(string Package, string Evidence, string Purpose, RequirementScope Scope)
{
    // Programs for root are not on everybody's PATH.
    private static readonly string[] s_always = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Further programs that the package brings and that are needed.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>The names of all programs that are needed of the package.</summary>
    public IEnumerable<string> Programs => Also.Prepend(Path.GetFileName(Evidence));

    /// <summary>Whether it is here.</summary>
    public bool IsMet => Also.Prepend(Evidence).All(IsHere);

    /// <summary>Lets this process, and what it starts, find the programs that are looked for here: those for root too, which an ordinary user may run and
    /// does not have on the PATH.</summary>
    public static void CompletePath() => Environment.SetEnvironmentVariable("PATH", string.Join(':', Folders()));

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(s_always).Distinct();

    private static bool IsHere(string evidence) => evidence.Contains('/', StringComparison.Ordinal)
        ? FileExists(evidence)
        : Folders().Any(folder => File.Exists(Path.Combine(folder, evidence)));

    private static bool FileExists(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern)!;
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(pattern)).Any();
    }
}
