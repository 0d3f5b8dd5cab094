using System;
using System.Collections.Generic;
using Guest.Boot.Hotplug;
using Guest.Core;
using Guest.Pci;
using Guest.Pv;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>Finds the machine's devices, on every bus that it has: PCI, slots for virtio devices, Xen's store. What is there, and what comes later, is given
/// to each class of devices, and the one that has a driver takes it.</summary>
internal sealed class Devices
{
    private readonly Platform _platform;
    private readonly Board? _board;
    private readonly PciFunction[] _functions;
    private readonly VirtioMmioDevice[] _slots;
    private readonly List<DeviceClass> _classes = [];

    /// <summary>Lists what is there.</summary>
    /// <param name="platform">The machine.</param>
    /// <param name="board">What firmware says of the machine; null without PCI.</param>
    /// <param name="slots">The slots for virtio devices that the command line names; if there is none, firmware's count.</param>
    public Devices(Platform platform, Board? board, ReadOnlySpan<VirtioMmioSlot> slots)
    {
        _platform = platform;
        _board = board;
        _functions = board?.Pci.Functions ?? [];
        _slots = VirtioMmioBus.Find(platform, slots.IsEmpty && board is not null ? board.MmioSlots.ToArray() : slots);
    }

    /// <summary>The classes of devices that there are drivers for.</summary>
    public List<DeviceClass> Classes => _classes;

    /// <summary>Gives a class what is there for it, and from now on what comes.</summary>
    public void Add(DeviceClass kind)
    {
        _classes.Add(kind);
        foreach (PciFunction function in _functions)
            kind.Add(function);
        foreach (VirtioMmioDevice device in _slots)
            kind.Add(device.Slot, device.Type);
    }

    /// <summary>Starts what Xen's store names, and hears from now on what comes and goes; once all classes are there.</summary>
    /// <param name="shutdownRequested">Called with what Xen's toolstack asks for: true for a reboot.</param>
    public void Start(Action<bool> shutdownRequested)
    {
        if (_platform is IXenHost host)
            XenDevices.Start(host.Domain, this, shutdownRequested);
        if (_board is not null)
            PciHotplug.Start(_platform, _board, this);
        foreach (DeviceClass kind in _classes)
            kind.OnFound(_functions);
    }

    /// <summary>Starts the device behind a function that has come.</summary>
    public void Add(PciFunction function)
    {
        foreach (DeviceClass kind in _classes)
            kind.Add(function);
    }

    /// <summary>Takes leave of the device behind a function that is to go, or has gone.</summary>
    public void Remove(PciFunction function)
    {
        foreach (DeviceClass kind in _classes)
            kind.Remove(function);
    }

    /// <summary>Takes a device that Xen's store names.</summary>
    public void Add(XenFrontend frontend)
    {
        foreach (DeviceClass kind in _classes)
            kind.Add(frontend);
    }

    /// <summary>Lets go of a device that Xen's toolstack took away.</summary>
    public void Remove(XenFrontend frontend)
    {
        foreach (DeviceClass kind in _classes)
            kind.Remove(frontend);
    }
}
