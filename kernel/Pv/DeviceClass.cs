using System;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Pv;

/// <summary>A class of devices: network cards, disks, sources of random numbers. Whoever walks the buses gives everything that is there, or comes
/// later, to each class, and the class that has a driver for it takes it.</summary>
public abstract class DeviceClass
{
    /// <summary>Starts the device behind a function, if a driver knows it and the command line allows that; one that is started already is left alone.</summary>
    public virtual void Add(PciFunction function)
    {
    }

    /// <summary>Takes leave of the device behind a function that is to be unplugged, or has been: the function has none of its memory any more.</summary>
    public virtual void Remove(PciFunction function)
    {
    }

    /// <summary>Starts the virtio device of a slot, if it is of this class and the command line allows.</summary>
    /// <param name="slot">Where it is.</param>
    /// <param name="deviceType">What it says it is (virtio 1.2, 5).</param>
    public virtual void Add(VirtioMmioSlot slot, uint deviceType)
    {
    }

    /// <summary>Says who drives this class's devices on Xen's bus; before it starts.</summary>
    public virtual void Register(XenBus bus)
    {
    }

    /// <summary>Takes a device that Xen's store names, now or later.</summary>
    public virtual void Add(XenFrontend frontend)
    {
    }

    /// <summary>Lets go of a device that Xen's toolstack took away; of one that is of another class, nothing.</summary>
    public virtual void Remove(XenFrontend frontend)
    {
    }

    /// <summary>Waits for the devices of a bus that has started, as far as they cannot be used yet.</summary>
    /// <param name="bus">The bus, which nobody else serves meanwhile.</param>
    /// <param name="deadline">The end of the wait.</param>
    public virtual void Await(XenBus bus, Instant deadline)
    {
    }

    /// <summary>Ends the search at boot: what comes from now on was plugged in.</summary>
    /// <param name="functions">Everything on PCI.</param>
    public abstract void OnFound(ReadOnlySpan<PciFunction> functions);
}
