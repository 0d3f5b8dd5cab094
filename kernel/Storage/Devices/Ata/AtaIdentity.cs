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
        Shape = AtaShape.Read(data);
        TakeNameAndSize(data);
    }

    /// <summary>What a driver's tables and limits are made to the measure of.</summary>
    public AtaShape Shape { get; }

    /// <summary>The maker's name for it, and its own number.</summary>
    public BlockIdentity Name { get; } = new();

    /// <summary>Logical sectors.</summary>
    public ulong Sectors { get; private set; }

    /// <summary>Bytes.</summary>
    public long Capacity => (long)Math.Min(Sectors, (ulong)(long.MaxValue / 4096)) * LogicalSectorSize;

    /// <inheritdoc cref="AtaShape.LogicalSectorSize"/>
    public int LogicalSectorSize => Shape.LogicalSectorSize;

    /// <inheritdoc cref="AtaShape.Supports48Bit"/>
    public bool Supports48Bit => Shape.Supports48Bit;

    /// <summary>The most sectors in one command.</summary>
    public int MaxSectors => Supports48Bit ? LargestSectorCount48 : LargestSectorCount28;

    /// <summary>The longest TRIM of one 512-byte block of ranges, in bytes; 0 if it does not know that.</summary>
    public long MaxTrimBytes => Shape.SupportsTrim ? (long)TrimRangesPerBlock * AtaTrim.MaxRangeSectors * LogicalSectorSize : 0;

    /// <summary>Becomes the identity of the disk that has come to the place of this one.</summary>
    /// <param name="data">An answer that has no <see cref="Problem"/>.</param>
    /// <returns>False if the disk differs in more than its name and size.</returns>
    public bool TryTakeOver(ReadOnlySpan<byte> data)
    {
        if (AtaShape.Read(data) != Shape)
            return false;
        TakeNameAndSize(data);
        return true;
    }

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

    /// <summary>One of the answer's words.</summary>
    internal static int Word(ReadOnlySpan<byte> data, int index) => BinaryPrimitives.ReadUInt16LittleEndian(data[(index * 2)..]);

    private void TakeNameAndSize(ReadOnlySpan<byte> data)
    {
        // ATA strings have two characters a word, with the first in the upper half.
        Span<byte> model = stackalloc byte[40];
        Span<byte> serial = stackalloc byte[20];
        Swap(data.Slice(27 * 2, model.Length), model);
        Swap(data.Slice(10 * 2, serial.Length), serial);
        Name.Tell(model, serial);
        Sectors = Supports48Bit
            ? BinaryPrimitives.ReadUInt64LittleEndian(data[(100 * 2)..]) & 0xffff_ffff_ffff
            : BinaryPrimitives.ReadUInt32LittleEndian(data[(60 * 2)..]) & 0x0fff_ffff;
    }

    private static void Swap(ReadOnlySpan<byte> words, Span<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = words[i ^ 1];
    }
}
