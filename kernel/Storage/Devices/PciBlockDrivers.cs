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
    public static PciBlockDriver? Find(PciFunction function, string? name = null) => (PciBlockDriver?)PciDriver.Find(s_all, function, name);
}
