using System;
using System.IO;
using Guest.Core;
using Guest.Core.Scheduling;

namespace Guest.Storage;

/// <summary>On Linux a disk is a file.</summary>
public sealed partial class Disk
{
    /// <summary>Opens a file as a disk.</summary>
    /// <returns>Null, and why, if it cannot be opened.</returns>
    public static Disk? TryOpen(string name, out string? problem)
    {
        problem = name.Length == 0 ? "disk=FILE says which file is the disk" : !File.Exists(name) ? "there is no file " + name : null;
        if (problem is not null)
            return null;
        HostedPlatform platform = new();
        Platform.Install(platform);
        BlockQueue queue = new(new FileDisk(name), platform);
        RunLoop.Add(queue);
        return new Disk(queue, 0, queue.Device.Limits.Capacity);
    }
}
