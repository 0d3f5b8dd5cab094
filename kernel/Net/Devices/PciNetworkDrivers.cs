using Guest.Pci;

namespace Guest.Net.Devices;

/// <summary>Every driver of a network card on PCI. A new one is its own file and a line here.</summary>
public static class PciNetworkDrivers
{
    private static readonly PciNetworkDriver[] s_all =
    [
        new VirtioNetDriver(),
        new E1000Driver(E1000Model.I82540),
        new E1000Driver(E1000Model.I82574),
        new Rtl8139Driver(cPlus: true),
        new Rtl8139Driver(cPlus: false),
        new Ne2000Driver(),
    ];

    /// <summary>Finds a driver for a function: the first that matches, or the one that is asked for by name.</summary>
    /// <param name="function">Any function on the bus.</param>
    /// <param name="name">What <c>net=</c> says, or null for whichever fits.</param>
    public static PciNetworkDriver? Find(PciFunction function, string? name = null) => (PciNetworkDriver?)PciDriver.Find(s_all, function, name);
}
