using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Guest.Core.Randomness;

/// <summary>The block function of ChaCha20 (RFC 8439, 2.3): from a key, a counter and a nonce 64 bytes that nobody can tell from random ones who
/// does not know the key.</summary>
public static unsafe class ChaCha20
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
        uint* start = stackalloc uint[Words];
        // "expand 32-byte k"
        start[0] = 0x6170_7865;
        start[1] = 0x3320_646e;
        start[2] = 0x7962_2d32;
        start[3] = 0x6b20_6574;
        ReadWords(key, start + KeyWord, CounterWord - KeyWord);
        start[CounterWord] = counter;
        ReadWords(nonce, start + NonceWord, Words - NonceWord);

        uint* state = stackalloc uint[Words];
        for (int i = 0; i < Words; i++)
            state[i] = start[i];
        for (int i = 0; i < DoubleRounds; i++)
        {
            QuarterRound(state, 0, 4, 8, 12);
            QuarterRound(state, 1, 5, 9, 13);
            QuarterRound(state, 2, 6, 10, 14);
            QuarterRound(state, 3, 7, 11, 15);
            QuarterRound(state, 0, 5, 10, 15);
            QuarterRound(state, 1, 6, 11, 12);
            QuarterRound(state, 2, 7, 8, 13);
            QuarterRound(state, 3, 4, 9, 14);
        }

        for (int i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(i * sizeof(uint))..], state[i] + start[i]);
    }

    /// <summary>RFC 8439, 2.1, on four words of the state.</summary>
    internal static void QuarterRound(uint* state, int a, int b, int c, int d)
    {
        state[a] += state[b];
        state[d] = BitOperations.RotateLeft(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = BitOperations.RotateLeft(state[b] ^ state[c], 12);
        state[a] += state[b];
        state[d] = BitOperations.RotateLeft(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = BitOperations.RotateLeft(state[b] ^ state[c], 7);
    }

    private static void ReadWords(ReadOnlySpan<byte> bytes, uint* words, int count)
    {
        for (int i = 0; i < count; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
    }
}
