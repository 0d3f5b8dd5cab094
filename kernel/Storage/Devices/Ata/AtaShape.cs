using System;
using System.Buffers.Binary;

namespace Guest.Storage.Devices;

/// <summary>What IDENTIFY DEVICE says (ACS-3, 7.12.7) besides a disk's name and size.</summary>
/// <param name="Supports48Bit">Whether it knows the EXT commands, with 48 bits of address and 16 of count.</param>
/// <param name="SupportsDma">Whether it can transfer by DMA at all.</param>
/// <param name="MultipleSectors">The most sectors in a data block of READ MULTIPLE; 0 if it does not know that.</param>
/// <param name="QueueDepth">Queued commands (NCQ) that it holds; 0 if it knows none.</param>
/// <param name="HasWriteCache">Whether its write cache is on.</param>
/// <param name="SupportsTrim">Whether it knows TRIM.</param>
/// <param name="LogicalSectorSize">Bytes in a logical sector.</param>
/// <param name="PhysicalSectorSize">Bytes in a physical sector.</param>
internal readonly record struct AtaShape(
    bool Supports48Bit,
    bool SupportsDma,
    int MultipleSectors,
    int QueueDepth,
    bool HasWriteCache,
    bool SupportsTrim,
    int LogicalSectorSize,
    int PhysicalSectorSize)
{
    /// <summary>Reads an answer.</summary>
    public static AtaShape Read(ReadOnlySpan<byte> data)
    {
        // Word 106 is valid if its top two bits are 01.
        int sizes = Word(data, 106);
        bool valid = (sizes & 0xc000) == 0x4000;
        long large = valid && (sizes & (1 << 12)) != 0 ? BinaryPrimitives.ReadUInt32LittleEndian(data[(117 * 2)..]) * 2L : 512;
        int logical = (int)Math.Min(large, int.MaxValue);
        int ratio = valid && (sizes & (1 << 13)) != 0 ? sizes & 15 : 0;
        bool queues = (Word(data, 76) & (1 << 8)) != 0 && Word(data, 76) != 0xffff;
        return new AtaShape(
            Supports48Bit: (Word(data, 83) & (1 << 10)) != 0,
            SupportsDma: (Word(data, 49) & (1 << 8)) != 0,
            MultipleSectors: Word(data, 47) & 0xff,
            QueueDepth: queues ? (Word(data, 75) & 31) + 1 : 0,
            HasWriteCache: (Word(data, 85) & (1 << 5)) != 0,
            SupportsTrim: (Word(data, 169) & 1) != 0,
            LogicalSectorSize: logical,
            PhysicalSectorSize: logical <= 4096 ? logical << ratio : logical);
    }

    private static int Word(ReadOnlySpan<byte> data, int index) => AtaIdentity.Word(data, index);
}
