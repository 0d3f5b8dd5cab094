using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Storage.Devices;

/// <summary>Every driver of a disk controller on PCI. A new one is its own file and a line here.</summary>
public static class PciBlockDrivers
{
    private static readonly PciBlockDriver[] s_all =
    [
        new VirtioBlkDriver(),
        new AhciDriver(),
        new IdeDriver(useDma: true),
        new IdeDriver(useDma: false),
    ];

    /// <summary>Finds a driver for a function: the first that matches, or the one that is asked for by name.</summary>
    /// <param name="function">Any function on the bus.</param>
    /// <param name="name">What <c>disk=</c> says, or null for whichever fits.</param>
    public static PciBlockDriver? Find(PciFunction function, string? name = null)
    {
        foreach (PciBlockDriver driver in s_all)
        {
            if ((name is null || driver.Name == name) && driver.Matches(function))
                return driver;
        }

        return null;
    }

    /// <summary>Adds the disks of every function that a driver knows, except of those whose disks are there already.</summary>
    /// <param name="functions">Functions on the bus.</param>
    /// <param name="name">The driver that <c>disk=</c> allows, or null for whichever fits.</param>
    /// <param name="platform">Interrupts and time.</param>
    /// <param name="disks">Where they are added.</param>
    public static void Attach(PciFunction[] functions, string? name, Platform platform, DiskSet disks)
    {
        foreach (PciFunction function in functions)
        {
            if (disks.ContainsFrom(function) || Find(function, name) is not { } driver)
                continue;
            disks.Source = function;
            if (!disks.HasRoom)
                Log.Warn(driver.Name, $"not used: there are {disks.Count} disks already");
            else if (!disks.TryReturn(function))
                driver.Attach(function, platform, disks);
        }

        disks.Source = null;
    }
}
