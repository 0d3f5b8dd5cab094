namespace Guest.Pci;

/// <summary>Offsets in a function's configuration header, in bytes (PCI 3.0, 6.1 and 6.2; bridges: PCI-to-PCI bridge 1.2, 3.2).</summary>
public static class PciRegister
{
    /// <summary>Vendor ID, then Device ID.</summary>
    public const int VendorId = 0x00;

    /// <summary>The <see cref="PciCommand"/> register, 16 bits.</summary>
    public const int Command = 0x04;

    /// <summary>The Status register, 16 bits.</summary>
    public const int Status = 0x06;

    /// <summary>Revision, programming interface, sub-class and base class, from the lowest byte up.</summary>
    public const int ClassRevision = 0x08;

    /// <summary>Header type: bit 7 for a multi-function device, below it the layout.</summary>
    public const int HeaderType = 0x0e;

    /// <summary>The first of up to six base address registers.</summary>
    public const int BaseAddress0 = 0x10;

    /// <summary>In a bridge: the numbers of the bus before it, of the one behind it and of the highest one behind it, and its latency timer.</summary>
    public const int Buses = 0x18;

    /// <summary>In a bridge: the second of these, the number of the bus behind it.</summary>
    public const int SecondaryBus = 0x19;

    /// <summary>In a bridge: the base and the limit of the ports behind it.</summary>
    public const int IoWindow = 0x1c;

    /// <summary>In a bridge: the base and the limit of the memory behind it.</summary>
    public const int MemoryWindow = 0x20;

    /// <summary>In a bridge: the same of prefetchable memory.</summary>
    public const int PrefetchableWindow = 0x24;

    /// <summary>In a bridge: the upper half of that base.</summary>
    public const int PrefetchableUpperFirst = 0x28;

    /// <summary>In a bridge: the upper half of that limit.</summary>
    public const int PrefetchableUpperLast = 0x2c;

    /// <summary>Subsystem Vendor ID, then Subsystem ID.</summary>
    public const int SubsystemVendorId = 0x2c;

    /// <summary>The offset of the first capability.</summary>
    public const int CapabilitiesPointer = 0x34;

    /// <summary>What firmware noted about the line's routing.</summary>
    public const int InterruptLine = 0x3c;

    /// <summary>1 to 4 for INTA# to INTD#; 0 for no line.</summary>
    public const int InterruptPin = 0x3d;
}
