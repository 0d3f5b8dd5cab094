using System;
using System.Buffers.Binary;

namespace Guest.Storage.Devices;

/// <summary>What IDENTIFY DEVICE says (ACS-3, 7.12.7): 256 words from the drive, checked, of which the drivers use these.</summary>
internal sealed class AtaIdentity
{
    /// <summary>Bytes of the answer.</summary>
    public const int Size = 512;

    private const byte IntegritySignature = 0xa5;
    private const int LargestSectorCount28 = 256;
    private const int LargestSectorCount48 = 65536;
    private const int TrimRangesPerBlock = AtaTrim.RangesPerBlock;

    /// <summary>Reads an answer that has no <see cref="Problem"/>.</summary>
    public AtaIdentity(ReadOnlySpan<byte> data)
    {
        Model = Text(data.Slice(27 * 2, 40));
        Serial = Text(data.Slice(10 * 2, 20));
        Supports48Bit = (Word(data, 83) & (1 << 10)) != 0;
        Sectors = Supports48Bit
            ? BinaryPrimitives.ReadUInt64LittleEndian(data[(100 * 2)..]) & 0xffff_ffff_ffff
            : BinaryPrimitives.ReadUInt32LittleEndian(data[(60 * 2)..]) & 0x0fff_ffff;
        SupportsDma = (Word(data, 49) & (1 << 8)) != 0;
        MultipleSectors = Word(data, 47) & 0xff;
        QueueDepth = (Word(data, 76) & (1 << 8)) != 0 && Word(data, 76) != 0xffff ? (Word(data, 75) & 31) + 1 : 0;
        HasWriteCache = (Word(data, 85) & (1 << 5)) != 0;
        SupportsTrim = (Word(data, 169) & 1) != 0;

        // Word 106 is valid if its top two bits are 01.
        int sizes = Word(data, 106);
        bool valid = (sizes & 0xc000) == 0x4000;
        long logical = valid && (sizes & (1 << 12)) != 0 ? BinaryPrimitives.ReadUInt32LittleEndian(data[(117 * 2)..]) * 2L : 512;
        LogicalSectorSize = (int)Math.Min(logical, int.MaxValue);
        int ratio = valid && (sizes & (1 << 13)) != 0 ? sizes & 15 : 0;
        PhysicalSectorSize = LogicalSectorSize <= 4096 ? LogicalSectorSize << ratio : LogicalSectorSize;
    }

    /// <summary>The maker's name for it.</summary>
    public string Model { get; }

    /// <summary>Its own number.</summary>
    public string Serial { get; }

    /// <summary>Logical sectors.</summary>
    public ulong Sectors { get; }

    /// <summary>Bytes in a logical sector.</summary>
    public int LogicalSectorSize { get; }

    /// <summary>Bytes in a physical sector.</summary>
    public int PhysicalSectorSize { get; }

    /// <summary>Whether it knows the EXT commands, with 48 bits of address and 16 of count.</summary>
    public bool Supports48Bit { get; }

    /// <summary>Whether it can transfer by DMA at all.</summary>
    public bool SupportsDma { get; }

    /// <summary>The most sectors in a data block of READ MULTIPLE; 0 if it does not know that.</summary>
    public int MultipleSectors { get; }

    /// <summary>Queued commands (NCQ) that it holds; 0 if it knows none.</summary>
    public int QueueDepth { get; }

    /// <summary>Whether its write cache is on.</summary>
    public bool HasWriteCache { get; }

    /// <summary>Whether it knows TRIM.</summary>
    public bool SupportsTrim { get; }

    /// <summary>The most sectors in one command.</summary>
    public int MaxSectors => Supports48Bit ? LargestSectorCount48 : LargestSectorCount28;

    /// <summary>The longest TRIM of one 512-byte block of ranges, in bytes; 0 if it does not know that.</summary>
    public long MaxTrimBytes => SupportsTrim ? (long)TrimRangesPerBlock * AtaTrim.MaxRangeSectors * LogicalSectorSize : 0;

    /// <summary>Why an answer cannot be used, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> data)
    {
        if ((Word(data, 0) & 0x8000) != 0)
            return "not an ATA disk";
        if ((Word(data, 49) & (1 << 9)) == 0)
            return "knows no logical block addresses";
        if (data[510] != IntegritySignature)
            return null;
        byte sum = 0;
        foreach (byte b in data)
            sum += b;
        return sum == 0 ? null : "its identification has a wrong checksum";
    }

    private static int Word(ReadOnlySpan<byte> data, int index) => BinaryPrimitives.ReadUInt16LittleEndian(data[(index * 2)..]);

    /// <summary>Turns an ATA string, two characters a word with the first in the upper half, into text without padding.</summary>
    private static string Text(ReadOnlySpan<byte> words)
    {
        Span<byte> bytes = stackalloc byte[words.Length];
        for (int i = 0; i < words.Length; i++)
            bytes[i] = words[i ^ 1];
        return DeviceText.From(bytes);
    }
}
