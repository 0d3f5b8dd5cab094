using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Pv;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;
using Guest.Storage.Devices;

namespace Guest.Storage;

/// <summary>The machine's disks: gives each that is there a queue, and offers them to the application.</summary>
public sealed class MachineDisks : DeviceClassWithOption
{
    private readonly Platform _platform;
    private readonly DiskSet _found;
    private readonly XenDisks _xen;

    /// <summary>No disks yet.</summary>
    /// <param name="platform">Interrupts and time.</param>
    /// <param name="wanted">What <c>disk=</c> says.</param>
    /// <param name="timeout">How long a disk may take over a request.</param>
    public MachineDisks(Platform platform, string wanted, Duration timeout)
        : base("disk", "disk", PciListing.Storage, wanted)
    {
        _platform = platform;
        _found = new DiskSet(platform) { RequestTimeout = timeout };
        _xen = new XenDisks(_found);
    }

    /// <summary>The disks that applications can open.</summary>
    internal static DiskSet? Offered { get; private set; }

    /// <summary>The disks there are.</summary>
    internal DiskSet Found => _found;

    /// <inheritdoc/>
    public override void Add(PciFunction function)
    {
        if (_found.ContainsFrom(function) || FindDriver(function) is not PciBlockDriver driver)
            return;
        _found.Source = function;
        if (!_found.HasRoom)
            Log.Warn(driver.Name, $"not used: there are {_found.Count} disks already");
        else if (!_found.TryReturn(function))
            driver.Attach(function, _platform, _found);
        _found.Source = null;
    }

    /// <inheritdoc/>
    public override void Remove(PciFunction function) => _found.RemoveFrom(function);

    /// <inheritdoc/>
    public override void Add(VirtioMmioSlot slot, uint deviceType)
    {
        if (deviceType == VirtioBlk.DeviceType && Wants("virtio"))
            VirtioBlkDriver.Attach(MmioTransport.TryOpen(_platform, slot, VirtioBlkDriver.NewCounters(_found)), _platform, _found);
    }

    /// <inheritdoc/>
    public override void Register(XenBus bus)
    {
        if (Wants("xen"))
            bus.Register("vbd", _xen.New);
    }

    /// <inheritdoc/>
    public override void Remove(XenFrontend frontend) => _xen.OnDetached(frontend);

    /// <summary>Adds the disks that a bus has: the size of one is known once its back end too is connected. Those that come later are added when they
    /// are.</summary>
    public override void Await(XenBus bus, Instant deadline)
    {
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (frontend is BlkFront { IsVacant: false } disk)
                Await(disk, bus, deadline);
        }
    }

    /// <summary>Ends the search: from now on the run loop serves the disks, and applications can open them.</summary>
    public override void OnFound(ReadOnlySpan<PciFunction> functions)
    {
        _found.Serve();
        _xen.Offers = true;
        if (_found.Count == 0)
            WarnOfNone(functions);
        Offered = _found;
    }

    /// <summary>Has every disk write down what it was given, and waits until all have answered.</summary>
    public void Flush()
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

    /// <inheritdoc/>
    protected override PciDriver? FindDriver(PciFunction function, string? name) => PciBlockDrivers.Find(function, name);

    private void Await(BlkFront disk, XenBus bus, Instant deadline)
    {
        while (disk.State != BlockDeviceState.Ready && _platform.Now < deadline)
        {
            bus.Poll(_platform.Now);
            if (disk.State != BlockDeviceState.Ready && bus.Arm())
                bus.Rest(deadline);
        }

        if (disk.State == BlockDeviceState.Ready)
            _found.Add(disk);
        else
            Log.Warn(disk.Name, $"not there yet: its back end does not connect");
    }
}
