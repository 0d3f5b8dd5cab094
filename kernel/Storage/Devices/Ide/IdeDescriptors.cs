using System;
using Guest.Core.Memory;

namespace Guest.Storage.Devices;

/// <summary>A channel's physical region descriptors: what the bus master reads to find memory (PIIX3 datasheet, 3.3.1.2).</summary>
/// <remarks>An entry is an even 32-bit address, a 16-bit count in which 0 means 64 KiB, and a mark on the last; no region may cross a
/// 64 KiB boundary, and neither may the table.</remarks>
internal sealed unsafe class IdeDescriptors
{
    /// <summary>The entries in the table's one page.</summary>
    public const int MaxEntries = DeviceMemory.PageSize / 8;

    /// <summary>What no region may cross.</summary>
    public const int Boundary = 65536;

    private const uint EndOfTable = 0x8000_0000;

    private readonly byte* _table = DeviceMemory.AllocatePages(1);

    /// <summary>Where the bus master finds the table.</summary>
    public ulong Address => DeviceMemory.AddressOf(_table);

    /// <summary>Describes a request's memory.</summary>
    /// <returns>The number of entries, or 0 if some of the memory is beyond the 32 bits of an address.</returns>
    public int Fill(ReadOnlySpan<BlockSegment> segments)
    {
        Span<uint> entries = new(_table, MaxEntries * 2);
        SegmentPieces pieces = new(segments, Boundary, Boundary);
        int count = 0;
        while (pieces.MoveNext())
        {
            if (pieces.Address + (uint)pieces.Length > uint.MaxValue)
                return 0;
            entries[count * 2] = (uint)pieces.Address;
            entries[(count * 2) + 1] = (uint)pieces.Length & 0xffff;
            count++;
        }

        if (count != 0)
            entries[(count * 2) - 1] |= EndOfTable;
        return count;
    }
}
