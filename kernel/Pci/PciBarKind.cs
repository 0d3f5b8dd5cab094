using System;

namespace Guest.Pci;

/// <summary>What the low bits of a base address register say (PCI 3.0, 6.2.5.1).</summary>
[Flags]
internal enum PciBarKind
{
    /// <summary>Memory below 4 GiB.</summary>
    None = 0,

    /// <summary>Ports.</summary>
    Io = 1,

    /// <summary>Memory anywhere.</summary>
    Wide = 4,

    /// <summary>Memory that reading does not change.</summary>
    Prefetchable = 8,
}
