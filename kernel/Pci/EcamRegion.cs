namespace Guest.Pci;

/// <summary>A piece of memory-mapped configuration space, as firmware names it (PCI Firmware 3.3, 4.1.2).</summary>
/// <param name="Address">The physical address at which bus 0 of the segment would lie, whether it is in the region or not.</param>
/// <param name="Segment">The segment.</param>
/// <param name="FirstBus">The first bus in the region.</param>
/// <param name="LastBus">The last one.</param>
public readonly record struct EcamRegion(ulong Address, ushort Segment, byte FirstBus, byte LastBus)
{
    /// <summary>Whether a bus's registers are here.</summary>
    public bool Holds(ushort segment, byte bus) => segment == Segment && bus >= FirstBus && bus <= LastBus;
}
