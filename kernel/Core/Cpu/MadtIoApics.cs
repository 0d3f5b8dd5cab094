using System;
using System.Buffers.Binary;

namespace Guest.Core.Cpu;

/// <summary>Reads the I/O APICs out of the multiple APIC description table (ACPI 6.5, 5.2.12).</summary>
public ref struct MadtIoApics(ReadOnlySpan<byte> table)
{
    private const int FirstEntry = 44;
    private const byte IoApicEntry = 1;
    private const int IoApicLength = 12;

    private ReadOnlySpan<byte> _rest = table.Length > FirstEntry ? table[FirstEntry..] : default;

    /// <summary>Takes the next one.</summary>
    /// <param name="address">Its registers' physical address.</param>
    /// <param name="firstLine">The number of its first line among the machine's (global system interrupts, 5.2.13).</param>
    public bool TryNext(out uint address, out uint firstLine)
    {
        address = 0;
        firstLine = 0;
        while (_rest.Length >= 2)
        {
            int length = _rest[1];
            if (length < 2 || length > _rest.Length)
                return false;
            ReadOnlySpan<byte> entry = _rest[..length];
            _rest = _rest[length..];
            if (entry[0] != IoApicEntry || length < IoApicLength)
                continue;
            address = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            firstLine = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            return true;
        }

        return false;
    }
}
