using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Guest.Core.Randomness;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a hash of a few words that nobody can foresee, or tell from random numbers, who does not know the key.</summary>
/// <param name="key0">The first half of the key.</param>
/// <param name="key1">The second half.</param>
public readonly struct SipHash(ulong key0, ulong key1)
{
    private readonly ulong _key0 = key0;
    private readonly ulong _key1 = key1;

    /// <summary>Hashes words, each as eight bytes of which the lowest comes first.</summary>
    public ulong Hash(ReadOnlySpan<ulong> words)
    {
        // "somepseudorandomlygeneratedbytes"
        ulong v0 = _key0 ^ 0x736f_6d65_7073_6575;
        ulong v1 = _key1 ^ 0x646f_7261_6e64_6f6d;
        ulong v2 = _key0 ^ 0x6c79_6765_6e65_7261;
        ulong v3 = _key1 ^ 0x7465_6462_7974_6573;
        foreach (ulong word in words)
            Compress(word, ref v0, ref v1, ref v2, ref v3);
        Compress((ulong)words.Length * sizeof(ulong) << 56, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Compress(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
