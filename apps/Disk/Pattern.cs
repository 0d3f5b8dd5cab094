using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace DiskJobs;

/// <summary>Data that depends on the seed and on where on the disk it is, so that a block in the wrong place is found out: each
/// eight bytes are SplitMix64 of their number and the seed.</summary>
internal static class Pattern
{
    /// <summary>Fills the data for a place on the disk, a multiple of eight.</summary>
    public static void Fill(Span<byte> data, long offset, long seed)
    {
        for (int i = 0; i < data.Length; i += 8)
            BinaryPrimitives.WriteUInt64LittleEndian(data[i..], Word(offset + i, seed));
    }

    /// <summary>Where data first differs from the pattern, or -1.</summary>
    public static int FindDifference(ReadOnlySpan<byte> data, long offset, long seed)
    {
        for (int i = 0; i < data.Length; i += 8)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(data[i..]) != Word(offset + i, seed))
                return i;
        }

        return -1;
    }

    /// <summary>A number that follows from another as if by chance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value += 0x9e37_79b9_7f4a_7c15;
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }

    private static ulong Word(long offset, long seed) => Mix((ulong)(offset >> 3) ^ ((ulong)seed << 40));
}
