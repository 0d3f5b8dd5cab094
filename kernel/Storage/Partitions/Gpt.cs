using System;
using System.Buffers.Binary;

namespace Guest.Storage.Partitions;

/// <summary>The GUID partition table (UEFI 2.10, 5.3): a header and an array of entries, each with a CRC, and a second copy of both at the
/// disk's end.</summary>
internal static class Gpt
{
    private const ulong Signature = 0x5452_4150_2049_4645; // "EFI PART"
    private const int MinimumHeaderSize = 92;
    private const int HeaderSize = 12;
    private const int HeaderCrc = 16;
    private const int MyLba = 24;
    private const int FirstUsableLba = 40;
    private const int LastUsableLba = 48;
    private const int PartitionEntryLba = 72;
    private const int NumberOfEntries = 80;
    private const int SizeOfEntry = 84;
    private const int EntryArrayCrc = 88;

    private const int MinimumEntrySize = 128;
    private const int EntryFirst = 32;
    private const int EntryLast = 40;
    private const uint MaxEntries = 1024;

    /// <summary>Reads the first copy, or else the last.</summary>
    /// <returns>What is wrong with both, or null.</returns>
    public static string? Read(ISectorReader disk, PartitionTable table)
    {
        string? primary = ReadCopy(disk, 1, table);
        if (primary is null)
        {
            if (CheckHeader(disk, disk.Sectors - 1, stackalloc byte[disk.SectorSize]) is not null)
                table.Warn("the table's second copy is damaged");
            return null;
        }

        table.Clear();
        if (ReadCopy(disk, disk.Sectors - 1, table) is not null)
            return primary;
        table.Warn("the table's first copy is damaged, the second is used");
        return null;
    }

    private static string? ReadCopy(ISectorReader disk, long at, PartitionTable table)
    {
        Span<byte> header = stackalloc byte[disk.SectorSize];
        if (CheckHeader(disk, at, header) is { } problem)
            return problem;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header[NumberOfEntries..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[SizeOfEntry..]);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(header[PartitionEntryLba..]);
        if (size < MinimumEntrySize || size > (uint)disk.SectorSize || (size & (size - 1)) != 0 || count > MaxEntries)
            return "the entries have a size or number that cannot be";
        ulong sectors = (((ulong)count * size) + (uint)disk.SectorSize - 1) / (uint)disk.SectorSize;
        if (first < 2 || first >= (ulong)disk.Sectors || sectors > (ulong)disk.Sectors - first)
            return "the entries are not inside the disk";
        ulong usableFirst = BinaryPrimitives.ReadUInt64LittleEndian(header[FirstUsableLba..]);
        ulong usableLast = BinaryPrimitives.ReadUInt64LittleEndian(header[LastUsableLba..]);
        uint crc = uint.MaxValue;
        Span<byte> sector = stackalloc byte[disk.SectorSize];
        uint left = count * size;
        for (ulong i = 0; i < sectors; i++)
        {
            if (!disk.TryRead((long)(first + i), sector))
                return "a sector of entries cannot be read";
            ReadOnlySpan<byte> entries = sector[..(int)Math.Min(left, (uint)sector.Length)];
            crc = Crc32.Append(crc, entries);
            left -= (uint)entries.Length;
            int number = (int)(i * (uint)disk.SectorSize / size) + 1;
            for (; entries.Length >= size; entries = entries[(int)size..], number++)
            {
                problem = AddEntry(disk, table, number, entries, usableFirst, usableLast);
                if (problem is not null)
                    return problem;
            }
        }

        return ~crc == BinaryPrimitives.ReadUInt32LittleEndian(header[EntryArrayCrc..]) ? null : "the entries have a wrong CRC";
    }

    private static string? CheckHeader(ISectorReader disk, long at, Span<byte> header)
    {
        if (at < 1 || at >= disk.Sectors || !disk.TryRead(at, header))
            return "the header cannot be read";
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Signature)
            return "the header has no signature";
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderSize..]);
        if (size < MinimumHeaderSize || size > (uint)disk.SectorSize)
            return "the header has a size that cannot be";
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrc..]);
        header.Slice(HeaderCrc, 4).Clear(); // it is computed with its own field zero
        if (Crc32.Of(header[..(int)size]) != crc)
            return "the header has a wrong CRC";
        return BinaryPrimitives.ReadUInt64LittleEndian(header[MyLba..]) == (ulong)at ? null : "the header says that it is elsewhere";
    }

    private static string? AddEntry(
        ISectorReader disk, PartitionTable table, int number, ReadOnlySpan<byte> entry, ulong usableFirst, ulong usableLast)
    {
        if (entry[..16].IndexOfAnyExcept((byte)0) < 0)
            return null; // an unused entry has a type of zeroes
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[EntryFirst..]);
        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[EntryLast..]);
        if (first > last || first < usableFirst || last > usableLast)
            return "a partition leaves the usable part of the disk";
        return table.Add(disk, number, first, last - first + 1);
    }
}
