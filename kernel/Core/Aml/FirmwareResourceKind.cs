namespace Guest.Core.Aml;

/// <summary>The kinds of <see cref="FirmwareResource"/>.</summary>
public enum FirmwareResourceKind
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>Physical memory addresses.</summary>
    Memory,

    /// <summary>I/O ports.</summary>
    Ports,

    /// <summary>Numbers of PCI buses.</summary>
    Buses,

    /// <summary>A global system interrupt (ACPI 6.5, 5.2.13).</summary>
    Interrupt,
}
