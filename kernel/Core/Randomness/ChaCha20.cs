using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Core.Randomness;

/// <summary>The block function of ChaCha20 (RFC 8439, 2.3): from a key, a counter and a nonce 64 bytes that nobody can tell from random ones who
/// does not know the key.</summary>
public static class ChaCha20
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockSize = 64;

    /// <summary>Bytes in a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes in a nonce.</summary>
    public const int NonceSize = 12;

    private const int Words = BlockSize / sizeof(uint);
    private const int KeyWord = 4;
    private const int CounterWord = 12;
    private const int NonceWord = 13;
    private const int DoubleRounds = 10;

    /// <summary>Writes one block.</summary>
    public static void Block(ReadOnlySpan<byte> key, uint counter, ReadOnlySpan<byte> nonce, Span<byte> block)
    {
        Span<uint> start = stackalloc uint[Words];
        // "expand 32-byte k"
        start[0] = 0x6170_7865;
        start[1] = 0x3320_646e;
        start[2] = 0x7962_2d32;
        start[3] = 0x6b20_6574;
        ReadWords(key, start[KeyWord..CounterWord]);
        start[CounterWord] = counter;
        ReadWords(nonce, start[NonceWord..]);

        Span<uint> state = stackalloc uint[Words];
        start.CopyTo(state);
        ref uint s = ref MemoryMarshal.GetReference(state);
        for (int i = 0; i < DoubleRounds; i++)
        {
            QuarterRound(ref s, 0, 4, 8, 12);
            QuarterRound(ref s, 1, 5, 9, 13);
            QuarterRound(ref s, 2, 6, 10, 14);
            QuarterRound(ref s, 3, 7, 11, 15);
            QuarterRound(ref s, 0, 5, 10, 15);
            QuarterRound(ref s, 1, 6, 11, 12);
            QuarterRound(ref s, 2, 7, 8, 13);
            QuarterRound(ref s, 3, 4, 9, 14);
        }

        for (int i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(i * sizeof(uint))..], state[i] + start[i]);
    }

    /// <summary>RFC 8439, 2.1, on four of the sixteen words of the state, which are not checked to be there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void QuarterRound(ref uint state, int a, int b, int c, int d)
    {
        uint x = Unsafe.Add(ref state, a);
        uint y = Unsafe.Add(ref state, b);
        uint z = Unsafe.Add(ref state, c);
        uint w = Unsafe.Add(ref state, d);
        x += y;
        w = BitOperations.RotateLeft(w ^ x, 16);
        z += w;
        y = BitOperations.RotateLeft(y ^ z, 12);
        x += y;
        w = BitOperations.RotateLeft(w ^ x, 8);
        z += w;
        y = BitOperations.RotateLeft(y ^ z, 7);
        Unsafe.Add(ref state, a) = x;
        Unsafe.Add(ref state, b) = y;
        Unsafe.Add(ref state, c) = z;
        Unsafe.Add(ref state, d) = w;
    }

    private static void ReadWords(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
    }
}
