using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;
using Guest.Storage.Devices;

namespace Guest.Storage;

/// <summary>Finds the disks, gives each a queue, and offers them to the application.</summary>
internal sealed class MachineDisks : DiskFinder
{
    private Platform _platform = null!;
    private DiskSet _found = null!;
    private string _wanted = "";
    private int _frontends;
    private bool _started;

    /// <summary>Makes one the finder of this image.</summary>
    public static void Install() => OfThisImage = new MachineDisks();

    /// <inheritdoc/>
    public override void Begin(Platform platform, string wanted, Duration? timeout)
    {
        _platform = platform;
        _wanted = wanted;
        _found = new DiskSet(platform) { RequestTimeout = timeout ?? BlockQueue.UsualTimeout };
    }

    /// <inheritdoc/>
    public override void AddFromPci(PciFunction[] functions)
    {
        foreach (PciFunction function in functions)
            PciBlockDrivers.Find(function, _wanted == "auto" ? null : _wanted)?.Attach(function, _platform, _found);
    }

    /// <inheritdoc/>
    public override void AddFrom(VirtioMmioSlot slot)
    {
        if (_wanted is "auto" or "virtio")
            VirtioBlkDriver.Attach(MmioTransport.TryOpen(_platform, slot, VirtioBlkDriver.NewCounters(_found)), _platform, _found);
    }

    /// <inheritdoc/>
    public override void Register(XenBus bus)
    {
        if (_wanted is "auto" or "xen")
            bus.Register("vbd", (owner, index) => new BlkFront(owner, index, string.Concat("blkfront", (_frontends++).ToString())) { BecameReady = AddLater });
    }

    /// <inheritdoc/>
    public override void AddFrom(XenBus bus, XenDomain domain, Instant deadline)
    {
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (frontend is BlkFront disk)
                Add(disk, bus, domain, deadline);
        }
    }

    /// <inheritdoc/>
    public override void Start()
    {
        for (int i = 0; i < _found.Count; i++)
            RunLoop.Add(_found[i]);
        _started = true;
        if (_found.Count == 0 && _wanted != "auto")
            Log.Warn("disk", $"no disk for disk={_wanted} was found");
        Disk.Offer(_found);
    }

    /// <summary>A disk's size is known once its back end too is connected.</summary>
    private void Add(BlkFront disk, XenBus bus, XenDomain domain, Instant deadline)
    {
        while (disk.State != BlockDeviceState.Ready && domain.Now < deadline)
        {
            bus.Poll(domain.Now);
            if (disk.State != BlockDeviceState.Ready && bus.Arm())
                bus.Rest(deadline);
        }

        if (disk.State == BlockDeviceState.Ready)
            _found.Add(disk);
        else
            Log.Warn(disk.Name, $"not there yet: its back end does not connect");
    }

    /// <summary>Offers a disk that was attached to the running machine, or whose back end took longer than the boot.</summary>
    private void AddLater(BlkFront disk)
    {
        if (!_started || _found.Contains(disk))
            return;
        int before = _found.Count;
        _found.Add(disk);
        if (_found.Count != before)
            RunLoop.Add(_found[before]);
    }
}
