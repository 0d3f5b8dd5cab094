using System.Collections.Generic;
using Guest.Core.Aml;
using Guest.Pci;

namespace Guest.Boot.Hotplug;

/// <summary>A bus that the machine's hot-plug registers know by a number.</summary>
/// <param name="Number">That number.</param>
/// <param name="Root">The root that the bus is behind.</param>
/// <param name="Bridge">The bridge before it; null for the root's own bus.</param>
internal readonly record struct AcpiHotplugBus(int Number, PciRoot Root, PciFunction? Bridge)
{
    /// <summary>The bus's number on PCI.</summary>
    public byte Bus => Bridge?.SecondaryBus ?? Root.FirstBus;

    /// <summary>Every such bus that firmware names and that is there.</summary>
    public static List<AcpiHotplugBus> All(Board board)
    {
        List<AcpiHotplugBus> buses = [];
        for (AmlNode? node = board.Names.Root; node is not null; node = AmlNamespace.Next(node))
        {
            if (node.Hotplug >= 0 && board.TryFindBus(node, out PciRoot? root, out PciFunction? bridge))
                buses.Add(new(node.Hotplug, root, bridge));
        }

        return buses;
    }

    /// <summary>Whether the bus behind a bridge is among them.</summary>
    public static bool Knows(List<AcpiHotplugBus> buses, PciFunction bridge)
    {
        foreach (AcpiHotplugBus bus in buses)
        {
            if (bus.Bridge == bridge)
                return true;
        }

        return false;
    }
}
