namespace Guest.Pci;

/// <summary>What a base address register describes (PCI 3.0, 6.2.5.1).</summary>
/// <param name="Address">The first byte's physical address, or the first port.</param>
/// <param name="Length">Bytes, or ports; 0 where the function has no such register.</param>
/// <param name="IsIo">Ports instead of memory.</param>
/// <param name="Is64Bit">The register takes two slots, and the region may lie above 4 GiB.</param>
public readonly record struct PciBar(ulong Address, ulong Length, bool IsIo, bool Is64Bit)
{
    /// <summary>Whether the function has this region and firmware has placed it.</summary>
    public bool IsUsable => Length != 0 && Address != 0;
}
