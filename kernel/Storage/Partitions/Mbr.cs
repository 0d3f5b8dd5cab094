using System;
using System.Buffers.Binary;

namespace Guest.Storage.Partitions;

/// <summary>The PC's old partition table: four entries in the first sector, one of which may lead to a chain of further sectors with
/// two entries each (UEFI 2.10, 5.2.1 for the sector; the chain is DOS's custom).</summary>
internal static class Mbr
{
    private const int FirstEntry = 446;
    private const int EntrySize = 16;
    private const int EntryType = 4;
    private const int EntryStart = 8;
    private const int EntryCount = 12;
    private const int Signature = 510;
    private const byte TypeProtective = 0xee;
    private const int FirstLogicalNumber = 5;
    private const int MaxChain = PartitionTable.MaxPartitions;

    /// <summary>Whether the sector ends in 55 AA.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> sector) => sector[Signature] == 0x55 && sector[Signature + 1] == 0xaa;

    /// <summary>Whether the table says that GPT is to be looked at instead.</summary>
    public static bool IsProtective(ReadOnlySpan<byte> sector)
    {
        for (int i = 0; i < 4; i++)
        {
            if (Entry(sector, i)[EntryType] == TypeProtective)
                return true;
        }

        return false;
    }

    /// <summary>The last sector of the disk, as a protective table says it in 32 bits (UEFI 2.10, 5.2.3); 0 if it does not.</summary>
    public static uint LastSector(ReadOnlySpan<byte> sector)
    {
        for (int i = 0; i < 4; i++)
        {
            if (Entry(sector, i)[EntryType] == TypeProtective)
                return Count(Entry(sector, i));
        }

        return 0;
    }

    /// <summary>Reads the table and the chain.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(ISectorReader disk, ReadOnlySpan<byte> sector, PartitionTable table)
    {
        // A FAT file system without a table ends in 55 AA too; its would-be entries have boot marks that no table has.
        for (int i = 0; i < 4; i++)
        {
            if ((Entry(sector, i)[0] & 0x7f) != 0)
                return "an entry's boot mark is neither 0 nor 80h: this is no partition table";
        }

        for (int i = 0; i < 4; i++)
        {
            ReadOnlySpan<byte> entry = Entry(sector, i);
            byte type = entry[EntryType];
            if (type == 0)
                continue;
            uint start = Start(entry);
            string? problem = IsExtended(type) ? ReadChain(disk, start, Count(entry), table) : table.Add(disk, i + 1, start, Count(entry));
            if (problem is not null)
                return problem;
        }

        return null;
    }

    private static string? ReadChain(ISectorReader disk, uint chainStart, uint chainCount, PartitionTable table)
    {
        Span<byte> sector = stackalloc byte[4096];
        sector = sector[..disk.SectorSize];
        ulong at = chainStart;
        for (int i = 0; i < MaxChain; i++)
        {
            if (at >= (ulong)disk.Sectors || at - chainStart >= chainCount)
                return "the chain of logical partitions leaves its extended partition";
            if (!disk.TryRead((long)at, sector))
                return "a sector of the chain of logical partitions cannot be read";
            if (!HasSignature(sector))
                return "a sector of the chain of logical partitions has no signature";
            ReadOnlySpan<byte> logical = Entry(sector, 0);
            if (logical[EntryType] != 0)
            {
                // Counted from its own sector of the chain; the link, from the chain's first.
                ulong first = at + Start(logical);
                if (first - chainStart + Count(logical) > chainCount)
                    return "a logical partition leaves its extended partition";
                if (table.Add(disk, FirstLogicalNumber + i, first, Count(logical)) is { } problem)
                    return problem;
            }

            ReadOnlySpan<byte> link = Entry(sector, 1);
            if (link[EntryType] == 0)
                return null;
            if (!IsExtended(link[EntryType]))
                return "the chain of logical partitions has a link of another kind";
            ulong next = (ulong)chainStart + Start(link);
            if (next <= at)
                return "the chain of logical partitions leads backwards";
            at = next;
        }

        return "the chain of logical partitions does not end";
    }

    private static bool IsExtended(byte type) => type is 0x05 or 0x0f or 0x85;

    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> sector, int index) => sector.Slice(FirstEntry + (index * EntrySize), EntrySize);

    private static uint Start(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[EntryStart..]);

    private static uint Count(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[EntryCount..]);
}
