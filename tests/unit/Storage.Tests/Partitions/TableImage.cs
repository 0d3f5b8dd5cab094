using System;
using System.Buffers.Binary;
using Guest.Storage.Partitions;

namespace Guest.Storage.Tests.Partitions;

/// <summary>The sectors of a disk with a table that a test writes.</summary>
public sealed class TableImage(int sectors, int sectorSize = 512) : ISectorReader
{
    public byte[] Bytes { get; } = new byte[sectors * sectorSize];

    public int SectorSize => sectorSize;

    public long Sectors => sectors;

    /// <summary>A sector that cannot be read, or -1.</summary>
    public long Unreadable { get; set; } = -1;

    public bool TryRead(long sector, Span<byte> bytes)
    {
        Assert.InRange(sector, 0, sectors - 1);
        Bytes.AsSpan((int)sector * sectorSize, sectorSize).CopyTo(bytes);
        return sector != Unreadable;
    }

    public TableImage Entry(int sector, int index, byte type, uint start, uint count)
    {
        Span<byte> bytes = Bytes.AsSpan(sector * sectorSize);
        bytes[510] = 0x55;
        bytes[511] = 0xaa;
        Span<byte> entry = bytes[(446 + (index * 16))..];
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
        return this;
    }

    /// <summary>The disk as it is after somebody made it larger or smaller, or gave its sectors another size: the same bytes from the start.</summary>
    public TableImage As(int newSectors, int newSectorSize = 512)
    {
        TableImage other = new(newSectors, newSectorSize);
        Bytes.AsSpan(0, Math.Min(Bytes.Length, other.Bytes.Length)).CopyTo(other.Bytes);
        return other;
    }

    /// <summary>Writes both copies of a GPT with the given runs of sectors.</summary>
    public TableImage Gpt(params (ulong First, ulong Last)[] runs)
    {
        Entry(0, 0, 0xee, 1, (uint)sectors - 1);
        int arraySectors = 128 * 128 / sectorSize;
        byte[] entries = new byte[128 * 128];
        for (int i = 0; i < runs.Length; i++)
        {
            entries[i * 128] = 0xaf;
            BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan((i * 128) + 32), runs[i].First);
            BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan((i * 128) + 40), runs[i].Last);
        }

        WriteCopy(1, sectors - 1, 2, entries, arraySectors);
        WriteCopy(sectors - 1, 1, sectors - 1 - arraySectors, entries, arraySectors);
        return this;
    }

    private void WriteCopy(int at, int other, int array, byte[] entries, int arraySectors)
    {
        entries.CopyTo(Bytes, array * sectorSize);
        Span<byte> header = Bytes.AsSpan(at * sectorSize);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)at);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)other);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], (ulong)arraySectors + 2);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], (ulong)(sectors - arraySectors - 2));
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], (ulong)array);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], 128);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], 128);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.Of(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Of(header[..92]));
    }
}
