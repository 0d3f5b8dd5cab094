namespace Guest.Pci;

/// <summary>How a function's interrupts arrive.</summary>
public enum PciInterruptKind
{
    /// <summary>They do not: the device can only be polled.</summary>
    None,

    /// <summary>MSI-X: a message for each vector.</summary>
    MsiX,

    /// <summary>MSI: one message for all.</summary>
    Msi,

    /// <summary>A level-triggered line, perhaps shared: the handler must read what quiets the device.</summary>
    Line,
}
