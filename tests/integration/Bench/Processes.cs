using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Integration.Tests.Bench;

/// <summary>This host's processes, as /proc shows them (proc(5)).</summary>
internal static class Processes
{
    /// <summary>All of them.</summary>
    public static IEnumerable<int> All => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id != 0);

    /// <summary>What a process has started, and what that has started.</summary>
    public static IReadOnlyList<int> Under(int process)
    {
        ILookup<int, int> children = All.ToLookup(ParentOf);
        List<int> found = [.. children[process]];
        for (int i = 0; i < found.Count; i++)
            found.AddRange(children[found[i]]);
        return found;
    }

    /// <summary>The command line; empty where the process has ended.</summary>
    public static string CommandLineOf(int process) => ReadOrNothing(process, "cmdline").Replace('\0', ' ');

    /// <summary>Sends a signal: by the shell, since a small Debian has no program for it.</summary>
    public static void Signal(string signal, int process) =>
        Shell.Require("sh", "-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process}"));

    // "PID (NAME) STATE PARENT ..."; the name may hold anything.
    private static int ParentOf(int process) =>
        ReadOrNothing(process, "stat").Split(") ")[^1].Split(' ') is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    private static string ReadOrNothing(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }
}
