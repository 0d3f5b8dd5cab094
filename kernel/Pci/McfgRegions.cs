using System;
using System.Buffers.Binary;

namespace Guest.Pci;

/// <summary>Reads the regions of configuration space out of the MCFG table (PCI Firmware 3.3, 4.1.2).</summary>
public ref struct McfgRegions(ReadOnlySpan<byte> table)
{
    private const int FirstEntry = 44;
    private const int EntrySize = 16;

    private ReadOnlySpan<byte> _rest = table.Length > FirstEntry ? table[FirstEntry..] : default;

    /// <summary>Takes the next region; one without an address or with its ends exchanged is passed over.</summary>
    public bool TryNext(out EcamRegion region)
    {
        while (_rest.Length >= EntrySize)
        {
            region = new(
                BinaryPrimitives.ReadUInt64LittleEndian(_rest), BinaryPrimitives.ReadUInt16LittleEndian(_rest[8..]), _rest[10], _rest[11]);
            _rest = _rest[EntrySize..];
            if (region.Address != 0 && region.FirstBus <= region.LastBus)
                return true;
        }

        region = default;
        return false;
    }
}
