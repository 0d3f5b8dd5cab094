namespace Guest.Pci;

/// <summary>Addresses, or ports, that a bridge passes on to the bus behind it.</summary>
/// <param name="First">The first one.</param>
/// <param name="Last">The last one.</param>
/// <param name="IsIo">Ports instead of memory.</param>
public readonly record struct PciWindow(ulong First, ulong Last, bool IsIo)
{
    /// <summary>Whether both have an address, or port, in common.</summary>
    public bool Overlaps(ulong first, ulong last) => first <= Last && First <= last;
}
