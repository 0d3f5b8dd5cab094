using Guest.Core;
using Guest.Pci;

namespace Guest.Storage.Devices;

/// <summary>A kind of disk controller on PCI: what a driver's file adds to <see cref="PciBlockDrivers"/>.</summary>
public abstract class PciBlockDriver : PciDriver
{
    /// <summary>Claims the function, resets the controller, starts it, and adds every disk on it; says on the console why one cannot
    /// be used.</summary>
    /// <param name="function">One that <see cref="PciDriver.Matches"/>.</param>
    /// <param name="platform">Interrupts and time.</param>
    /// <param name="disks">Names disks, and takes them.</param>
    public abstract void Attach(PciFunction function, Platform platform, DiskSet disks);
}
