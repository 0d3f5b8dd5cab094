using Guest.Core;
using Guest.Core.Diagnostics;
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
    private XenDisks _xen = null!;
    private string _wanted = "";
    private PciFunction[] _functions = [];

    /// <summary>Makes one the finder of this image.</summary>
    public static void Install() => OfThisImage = new MachineDisks();

    /// <inheritdoc/>
    public override void Begin(Platform platform, string wanted, Duration? timeout)
    {
        _platform = platform;
        _wanted = wanted;
        _found = new DiskSet(platform) { RequestTimeout = timeout ?? BlockQueue.UsualTimeout };
        _xen = new XenDisks(_found);
    }

    /// <inheritdoc/>
    public override void AddFromPci(PciFunction[] functions)
    {
        if (_functions.Length == 0)
            _functions = functions;
        PciBlockDrivers.Attach(functions, _wanted == "auto" ? null : _wanted, _platform, _found);
    }

    /// <inheritdoc/>
    public override void RemoveFromPci(PciFunction function) => _found.RemoveFrom(function);

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
            bus.Register("vbd", _xen.New);
    }

    /// <inheritdoc/>
    public override void AddFrom(XenBus bus, XenDomain domain, Instant deadline)
    {
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (frontend is BlkFront { IsVacant: false } disk)
                Add(disk, bus, domain, deadline);
        }
    }

    /// <inheritdoc/>
    public override void Remove(XenFrontend frontend) => _xen.OnDetached(frontend);

    /// <inheritdoc/>
    public override void Start()
    {
        _found.Serve();
        _xen.Offers = true;
        if (_found.Count == 0)
            WarnOfNone();
        Disk.Offer(_found);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        Disk[] disks = new Disk[_found.Count];
        BlockRequest[] one = new BlockRequest[1];
        for (int i = 0; i < disks.Length; i++)
        {
            disks[i] = new Disk(_found[i], 0, _found[i].Device.Limits.Capacity);
            one[0] = new BlockRequest { Operation = BlockOperation.Flush };
            disks[i].Submit(one);
        }

        foreach (Disk disk in disks)
        {
            disk.Wait(one);
            if (one[0].Status != BlockStatus.Ok)
                Log.Warn(disk.DeviceName, $"the flush at the end failed");
        }
    }

    private void WarnOfNone()
    {
        LogLine line = new(0, 0);
        if (_wanted == "auto")
        {
            line.AppendLiteral("no disk was found");
            PciListing.AppendOthers(
                ref line, "; without a driver: ", _functions, PciListing.Storage, static function => PciBlockDrivers.Find(function) is not null);
        }
        else
        {
            line.AppendLiteral("no disk for disk=");
            line.AppendFormatted(_wanted);
            line.AppendLiteral(" was found");
            PciListing.AppendOthers(ref line, "; there is ", _functions, PciListing.Storage, static _ => false);
        }

        Log.Warn("disk", ref line);
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
}
