using System;
using Guest.Boot.Hotplug;
using Guest.Core;
using Guest.Pci;
using Guest.Pv;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>Finds the machine's devices, on every bus that it has: PCI, slots for virtio devices, Xen's store. What is there, and what comes later, is given
/// to each class of devices, and the one that has a driver takes it.</summary>
/// <param name="platform">The machine.</param>
/// <param name="classes">In the order in which they find their devices at boot.</param>
internal sealed class Devices(Platform platform, DeviceClass[] classes)
{
    /// <summary>The classes of devices that this image has drivers for.</summary>
    public ReadOnlySpan<DeviceClass> Classes => classes;

    /// <summary>Starts what is there, and hears from now on what comes and goes.</summary>
    /// <param name="board">What firmware says of the machine; null without PCI.</param>
    /// <param name="slots">The slots for virtio devices that the command line names; if there is none, firmware's count.</param>
    /// <param name="shutdownRequested">Called with what Xen's toolstack asks for: true for a reboot.</param>
    public void Start(Board? board, ReadOnlySpan<VirtioMmioSlot> slots, Action<bool> shutdownRequested)
    {
        PciFunction[] functions = board?.Pci.Functions ?? [];
        foreach (DeviceClass kind in classes)
        {
            foreach (PciFunction function in functions)
                kind.Add(function);
        }

        VirtioMmioBus.Start(platform, slots.IsEmpty && board is not null ? board.MmioSlots.ToArray() : slots, this);
        if (platform is IXenHost host)
            XenDevices.Start(host.Domain, this, shutdownRequested);
        if (board is not null)
            PciHotplug.Start(platform, board, this);
        foreach (DeviceClass kind in classes)
            kind.OnFound(functions);
    }

    /// <summary>Starts the device behind a function that has come.</summary>
    public void Add(PciFunction function)
    {
        foreach (DeviceClass kind in classes)
            kind.Add(function);
    }

    /// <summary>Takes leave of the device behind a function that is to go, or has gone.</summary>
    public void Remove(PciFunction function)
    {
        foreach (DeviceClass kind in classes)
            kind.Remove(function);
    }

    /// <summary>Takes a device that Xen's store names.</summary>
    public void Add(XenFrontend frontend)
    {
        foreach (DeviceClass kind in classes)
            kind.Add(frontend);
    }

    /// <summary>Lets go of a device that Xen's toolstack took away.</summary>
    public void Remove(XenFrontend frontend)
    {
        foreach (DeviceClass kind in classes)
            kind.Remove(frontend);
    }
}
