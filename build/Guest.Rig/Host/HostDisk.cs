using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Guest.Rig.Host;

/// <summary>The room on this host's disks. A build on a full one fails in many ways, of which few name the reason.</summary>
public static class HostDisk
{
    // A build of one application writes some tens of them.
    private const long LeastFree = 16 << 20;

    /// <summary>Which of the places where builds write has no room left, as a sentence; null if none.</summary>
    /// <param name="root">The checkout.</param>
    /// <param name="said">What the build said: it may have removed what filled the disk before it ended.</param>
    public static string? Full(string root, string said) =>
        Full([root, Path.GetTempPath(), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)], said, folder => new DriveInfo(folder).AvailableFreeSpace);

    /// <param name="folders">Where builds write.</param>
    /// <param name="said">What the build said.</param>
    /// <param name="freeOf">How many bytes are free there.</param>
    internal static string? Full(IEnumerable<string> folders, string said, Func<string, long> freeOf)
    {
        (string Folder, long Free)[] room = [.. folders.Where(folder => folder.Length > 0).Select(folder => (folder, freeOf(folder)))];
        (string Folder, long Free) least = room.MinBy(each => each.Free);
        // ENOSPC and EDQUOT (strerror(3)), and how .NET and MSBuild say it.
        string[] words = ["No space left on device", "Disk quota exceeded", "not enough space on the disk", "disk was full"];
        return least.Free < LeastFree || words.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? $"The disk is full: {least.Free >> 20} MiB are free at {least.Folder}. Make room there, and try again; what was built before is kept."
            : null;
    }
}
