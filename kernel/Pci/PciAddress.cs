namespace Guest.Pci;

/// <summary>Where a function sits: bus 0 to 255, device 0 to 31, function 0 to 7 (PCI 3.0, 3.2.2.3.2).</summary>
public readonly record struct PciAddress(byte Bus, byte Device, byte Function)
{
    /// <summary>Devices on one bus.</summary>
    public const int DevicesPerBus = 32;

    /// <summary>Functions in one device.</summary>
    public const int FunctionsPerDevice = 8;

    /// <summary>The 16-bit routing identifier: bus, device and function in one number.</summary>
    public int RoutingId => (Bus << 8) | (Device << 3) | Function;
}
