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
    private const int AlternateLba = 32;
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
    /// <param name="disk">The disk.</param>
    /// <param name="lastByMbr">The disk's last sector by its protective MBR, which had 32 bits for it.</param>
    /// <param name="table">Receives what the table says.</param>
    /// <returns>What is wrong with both, or null.</returns>
    public static string? Read(ISectorReader disk, uint lastByMbr, PartitionTable table)
    {
        Span<byte> header = stackalloc byte[disk.SectorSize];
        header.Clear();
        string? primary = ReadCopy(disk, 1, table, header);
        if (primary is null)
        {
            table.Warn(WarnOfSecond(disk, AlternateOf(header)));
            return null;
        }

        if (FindOtherSectorSize(disk) is { } otherSize)
            return otherSize;

        // Where the second copy is on a disk that has grown since, the first knows even if it is damaged, and the MBR on disks of up to 2 TiB.
        ReadOnlySpan<ulong> places = [(ulong)disk.Sectors - 1, AlternateOf(header), lastByMbr];
        foreach (ulong place in places)
        {
            table.Clear();
            if (place > 1 && place < (ulong)disk.Sectors && ReadCopy(disk, (long)place, table, header) is null)
            {
                table.Warn(place == places[0]
                    ? "the table's first copy is damaged, the second is used"
                    : "the disk has grown, and the table's first copy is damaged: the second is used, which is where the disk ended before");
                return null;
            }
        }

        table.Clear();
        return primary;
    }

    /// <summary>Says what should be known of the second copy beside a first that is good.</summary>
    private static string? WarnOfSecond(ISectorReader disk, ulong place)
    {
        ulong last = (ulong)disk.Sectors - 1;
        if (place > last)
            return "the disk is smaller than it was when its table was written";
        Span<byte> header = stackalloc byte[disk.SectorSize];
        bool isAtEnd = place <= 1 || place == last || CheckHeader(disk, (long)last, header) is null;
        bool isGood = CheckHeader(disk, (long)(isAtEnd ? last : place), header) is null;
        return (isAtEnd, isGood) switch
        {
            (true, true) => null,
            (true, false) => "the table's second copy is damaged",
            (false, true) => "the disk has grown: its table is good, and knows only the part that was there before",
            (false, false) => "the disk has grown, and the table's second copy, where it ended before, is damaged",
        };
    }

    /// <summary>Looks for a first header where it is on a disk whose sectors have another size.</summary>
    /// <returns>What is wrong, if there is one.</returns>
    private static string? FindOtherSectorSize(ISectorReader disk)
    {
        Span<byte> sector = stackalloc byte[disk.SectorSize];
        ReadOnlySpan<int> sizes = [512, 4096, 1024, 2048];
        foreach (int size in sizes)
        {
            if (size == disk.SectorSize || size / disk.SectorSize >= disk.Sectors || !disk.TryRead(size / disk.SectorSize, sector))
                continue;
            Span<byte> header = sector[(size % disk.SectorSize)..];
            if (Check(header[..Math.Min(header.Length, size)], 1) is null)
            {
                return string.Concat(
                    string.Concat("the table was written for sectors of ", size.ToString(), " bytes"),
                    string.Concat(", and the disk's have ", disk.SectorSize.ToString()));
            }
        }

        return null;
    }

    private static string? ReadCopy(ISectorReader disk, long at, PartitionTable table, Span<byte> header)
    {
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
        return Check(header, at);
    }

    private static string? Check(Span<byte> header, long at)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Signature)
            return "the header has no signature";
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderSize..]);
        if (size < MinimumHeaderSize || size > (uint)header.Length)
            return "the header has a size that cannot be";
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrc..]);
        header.Slice(HeaderCrc, 4).Clear(); // it is computed with its own field zero
        if (Crc32.Of(header[..(int)size]) != crc)
            return "the header has a wrong CRC";
        return BinaryPrimitives.ReadUInt64LittleEndian(header[MyLba..]) == (ulong)at ? null : "the header says that it is elsewhere";
    }

    private static ulong AlternateOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[AlternateLba..]);

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
