namespace Guest.Pci;

/// <summary>Identifiers of capabilities (PCI Code and ID Assignment 1.11, section 2).</summary>
public static class PciCapability
{
    /// <summary>Message-signalled interrupts.</summary>
    public const byte Msi = 0x05;

    /// <summary>Vendor-specific; virtio describes its structures in these.</summary>
    public const byte VendorSpecific = 0x09;

    /// <summary>PCI Express (PCIe 5.0, 7.5.3).</summary>
    public const byte Express = 0x10;

    /// <summary>Message-signalled interrupts with a table.</summary>
    public const byte MsiX = 0x11;
}
