using System;
using System.IO;
using System.Threading;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>On Linux a disk is a file.</summary>
public sealed partial class Disk
{
    private const string DirectPrefix = "direct:";

    /// <summary>Opens a file as a disk: <c>FILE</c>, or <c>direct:FILE</c>, a file or block device past the page cache.</summary>
    /// <returns>Null, and why, if it cannot be opened.</returns>
    public static Disk? TryOpen(string name, out string? problem)
    {
        bool direct = name.StartsWith(DirectPrefix, StringComparison.Ordinal);
        string path = direct ? name[DirectPrefix.Length..] : name;
        problem = path.Length == 0 ? "disk=FILE says which file is the disk" : !File.Exists(path) ? "there is no file " + path : null;
        if (problem is not null)
            return null;
        if (!direct)
            return Open(FileDisk.Open(path), new HostedPlatform(_ => Thread.Yield()));
        if (DirectDisk.TryOpen(path, out problem) is not { } device)
            return null;
        HostedPlatform? platform = null;
        platform = new HostedPlatform(deadline => device.Wait(platform!.Now, deadline));
        return Open(device, platform);
    }

    /// <summary>Closes the file and forgets its queue.</summary>
    partial void Release(BlockQueue queue)
    {
        Platform.Current.Processor.RunLoop.Remove(queue);
        (_device as IDisposable)?.Dispose();
    }

    private static Disk Open(IBlockDevice device, HostedPlatform platform)
    {
        Platform.Install(platform);
        BlockQueue queue = new(device, platform);
        platform.Processor.RunLoop.Add(queue);
        return new Disk(queue, 0, device.Limits.Capacity);
    }
}
