using System;
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

    /// <summary>Whether it is here.</summary>
    public bool IsMet => Evidence.Contains('/', StringComparison.Ordinal) ? FileExists(Evidence) : ProgramExists(Evidence);

    private static bool FileExists(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern)!;
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(pattern)).Any();
    }

    private static bool ProgramExists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(s_always)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name)));
}
