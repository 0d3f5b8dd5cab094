using System;
using System.Numerics;

namespace Guest.Core.Memory;

/// <summary>A bit for each frame of a region, looked at in words.</summary>
internal readonly unsafe struct FrameBits(ulong* words)
{
    private const int BitsInWord = 64;

    /// <summary>Bytes that so many bits take: whole words.</summary>
    public static ulong BytesFor(ulong bits) => (bits + BitsInWord - 1) / BitsInWord * sizeof(ulong);

    /// <summary>Whether a bit is set.</summary>
    public bool this[ulong bit] => (words[bit / BitsInWord] >> (int)(bit % BitsInWord) & 1) != 0;

    /// <summary>The first bit from <paramref name="from"/> on that is set, or clear; <paramref name="end"/> if none before it is.</summary>
    public ulong Find(ulong from, ulong end, bool set)
    {
        while (from < end)
        {
            ulong word = words[from / BitsInWord];
            word = (set ? word : ~word) >> (int)(from % BitsInWord);
            if (word != 0)
                return Math.Min(from + (ulong)BitOperations.TrailingZeroCount(word), end);
            from = (from / BitsInWord + 1) * BitsInWord;
        }

        return end;
    }

    /// <summary>Sets or clears a run of bits.</summary>
    public void Mark(ulong from, ulong count, bool set)
    {
        while (count != 0)
        {
            ulong within = from % BitsInWord;
            ulong taken = Math.Min(count, BitsInWord - within);
            ulong mask = ulong.MaxValue >> (int)(BitsInWord - taken) << (int)within;
            if (set)
                words[from / BitsInWord] |= mask;
            else
                words[from / BitsInWord] &= ~mask;
            from += taken;
            count -= taken;
        }
    }
}
