using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace Guest.Fuzz;

/// <summary>Where things of one target lie.</summary>
internal sealed class Workplace
{
    private Workplace(string root, string target)
    {
        Folder = Path.Combine(root, "artifacts", "fuzz", target);
        Corpus = Path.Combine(root, "tests", "fuzz", "Corpus", target);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>What is made here and not kept in the repository.</summary>
    public string Folder { get; }

    /// <summary>The repository's inputs.</summary>
    public string Corpus { get; }

    /// <summary>See <see cref="Guided.CurrentInput"/>.</summary>
    public string Current => Path.Combine(Folder, $"current-{Environment.ProcessId}");

    public static Workplace Of(string target)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Guest.sln")))
                return new Workplace(folder.FullName, target);
        }

        throw new InvalidOperationException($"no Guest.sln above {AppContext.BaseDirectory}");
    }

    public static IReadOnlyList<byte[]> Read(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];

    /// <summary>Keeps an input under a name that follows from what is in it.</summary>
    public static string Save(string folder, byte[] input)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(path, input);
        return path;
    }
}
