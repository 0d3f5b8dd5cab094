using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Storage;
using Guest.Storage.Devices;

namespace Guest.Boot;

/// <summary>Finds the disks, gives each a queue, and offers them to the application.</summary>
internal sealed class Disks(Platform platform, KernelOptions options)
{
    private readonly string _wanted = options.Disk;
    private readonly DiskSet _found = options.DiskTimeoutSeconds is { } seconds
        ? new DiskSet(platform) { RequestTimeout = Duration.FromSeconds(seconds) }
        : new DiskSet(platform);

    /// <summary>Starts every disk on PCI that a driver knows and <c>disk=</c> allows.</summary>
    public void AddFromPci(PciFunction[] functions)
    {
        foreach (PciFunction function in functions)
            PciBlockDrivers.Find(function, _wanted == "auto" ? null : _wanted)?.Attach(function, platform, _found);
    }

    /// <summary>Whether <c>disk=</c> allows a kind of disk.</summary>
    public bool Wants(string kind) => _wanted == "auto" || _wanted == kind;

    /// <summary>Adds a disk that was found elsewhere.</summary>
    public void Add(IBlockDevice disk) => _found.Add(disk);

    /// <summary>Ends the search: from now on the run loop serves the disks, and applications can open them.</summary>
    public void Start()
    {
        for (int i = 0; i < _found.Count; i++)
            RunLoop.Add(_found[i]);
        if (_found.Count == 0 && _wanted != "auto")
            Log.Warn("disk", $"no disk for disk={_wanted} was found");
        Disk.Offer(_found);
    }
}
