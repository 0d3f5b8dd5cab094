using System;

namespace Guest.Core.Aml;

/// <summary>A scope or device that the tables name, with the constants that stand in it.</summary>
public sealed class AmlNode
{
    /// <summary>What <see cref="Hotplug"/> is where nothing is said.</summary>
    public const int NoHotplugBus = -1;

    private const ulong Present = 1;

    internal AmlNode(uint name, AmlNode? parent)
    {
        Name = name;
        Parent = parent;
    }

    /// <summary>Its four letters, the first in the lowest byte.</summary>
    public uint Name { get; }

    /// <summary>What it stands in; null for the root.</summary>
    public AmlNode? Parent { get; }

    /// <summary>The first of what stands in it.</summary>
    public AmlNode? FirstChild { get; internal set; }

    internal AmlNode? LastChild { get; set; }

    /// <summary>The next one in the same place.</summary>
    public AmlNode? NextSibling { get; internal set; }

    /// <summary>Whether it is a device, and not a scope only.</summary>
    public bool IsDevice { get; internal set; }

    /// <summary><c>_ADR</c> (6.1.1): on PCI the device in the upper 16 bits and the function in the lower.</summary>
    public ulong Address { get; internal set; }

    /// <summary><c>_BBN</c> (6.5.5), or -1: the number of a host bridge's own bus.</summary>
    public int BaseBus { get; internal set; } = -1;

    /// <summary><c>_SEG</c> (6.5.6).</summary>
    public ushort Segment { get; internal set; }

    /// <summary><c>_CBA</c> (PCI Firmware 3.3, 4.1.3), or 0: the physical address of a host bridge's memory-mapped configuration space, counted from bus
    /// 0.</summary>
    public ulong ConfigurationBase { get; internal set; }

    /// <summary><c>BSEL</c> of QEMU's machines (docs/specs/acpi_pci_hotplug): by what number the hot-plug registers know the bus behind it.</summary>
    public int Hotplug { get; internal set; } = NoHotplugBus;

    /// <summary><c>_CRS</c> (6.2.2) as a resource template's bytes; empty if it is not a constant.</summary>
    public byte[] Resources { get; internal set; } = [];

    /// <summary><c>_PRT</c> (6.2.13) as the bytes of a package's elements; empty if it is not a constant.</summary>
    public byte[] Routing { get; internal set; } = [];

    /// <summary><c>_STA</c> (6.3.7).</summary>
    internal ulong Status { get; set; } = Present;

    internal AmlId HardwareId { get; set; }

    internal AmlId CompatibleId { get; set; }

    /// <summary>Whether firmware says that the device is there.</summary>
    public bool IsPresent => IsDevice && (Status & Present) != 0;

    /// <summary>Whether <c>_HID</c> or <c>_CID</c> (6.1.5, 6.1.2) is this one: <c>PNP0A03</c>.</summary>
    public bool Is(ReadOnlySpan<byte> id)
    {
        AmlId wanted = AmlId.FromText(id);
        return HardwareId == wanted || CompatibleId == wanted;
    }

    internal AmlNode? Child(uint name)
    {
        for (AmlNode? child = FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Name == name)
                return child;
        }

        return null;
    }
}
