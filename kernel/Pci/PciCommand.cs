using System;

namespace Guest.Pci;

/// <summary>The Command register (PCI 3.0, 6.2.2).</summary>
[Flags]
public enum PciCommand
{
    /// <summary>The function answers to nothing but configuration.</summary>
    None = 0,

    /// <summary>It answers at its I/O ports.</summary>
    IoSpace = 1,

    /// <summary>It answers at its memory.</summary>
    MemorySpace = 2,

    /// <summary>It may read and write memory by itself.</summary>
    BusMaster = 4,

    /// <summary>It may not assert its interrupt line.</summary>
    InterruptDisable = 0x400,
}
