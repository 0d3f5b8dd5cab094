using System;
using System.Buffers.Binary;

namespace Guest.Storage.Devices;

/// <summary>The 512-byte block that DATA SET MANAGEMENT with TRIM transfers: 64 ranges of 48 bits of address and 16 of count
/// (ACS-3, 7.5.3).</summary>
internal static class AtaTrim
{
    /// <summary>Bytes in the block.</summary>
    public const int BlockSize = 512;

    /// <summary>Ranges in the block.</summary>
    public const int RangesPerBlock = BlockSize / 8;

    /// <summary>The most sectors in a range.</summary>
    public const int MaxRangeSectors = 0xffff;

    /// <summary>Fills a block with the ranges that cover a run of sectors; unused ranges have a count of zero.</summary>
    public static void Fill(Span<byte> block, ulong sector, long count)
    {
        block[..BlockSize].Clear();
        for (int at = 0; count > 0; at += 8)
        {
            long part = Math.Min(count, MaxRangeSectors);
            BinaryPrimitives.WriteUInt64LittleEndian(block[at..], sector | ((ulong)part << 48));
            sector += (ulong)part;
            count -= part;
        }
    }
}
