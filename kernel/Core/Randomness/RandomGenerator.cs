using System;
using System.Buffers.Binary;

namespace Guest.Core.Randomness;

/// <summary>Numbers that nobody outside can guess: identifiers, ports, keys of hash tables, sequence numbers, and what programs ask for.</summary>
/// <remarks>ChaCha20 with fast key erasure (Bernstein, 2017): a few blocks are made at a time, their first 32 bytes are the next key, and what is
/// handed out is cleared. So what memory holds tells nothing of the numbers that were handed out before. One processor uses it, and takes no lock.</remarks>
public sealed class RandomGenerator
{
    private const int Blocks = 2;

    private readonly byte[] _key = new byte[ChaCha20.KeySize];
    private readonly byte[] _ready = new byte[Blocks * ChaCha20.BlockSize];
    private int _used = Blocks * ChaCha20.BlockSize;

    /// <summary>A generator that gives the same numbers whenever it has been told the same; <see cref="Mix(ReadOnlySpan{byte})"/> makes it differ.</summary>
    public RandomGenerator()
    {
    }

    /// <summary>A generator that starts from one number, as tests want it.</summary>
    public RandomGenerator(ulong seed) => Mix(seed);

    /// <summary>Mixes something in that others may not know. It never makes the numbers easier to guess, whoever chose it.</summary>
    public void Mix(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, ChaCha20.KeySize);
            for (int i = 0; i < length; i++)
                _key[i] ^= bytes[i];
            bytes = bytes[length..];
            Make(1);
        }
    }

    /// <inheritdoc cref="Mix(ReadOnlySpan{byte})"/>
    public void Mix(ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        Mix(bytes);
    }

    /// <summary>Any number of 64 bits.</summary>
    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Any number of 32 bits.</summary>
    public uint NextUInt32() => (uint)NextUInt64();

    /// <summary>Any number of 16 bits.</summary>
    public ushort NextUInt16() => (ushort)NextUInt64();

    /// <summary>A number below <paramref name="bound"/>, which is not 0, each as likely as another.</summary>
    public uint NextBelow(uint bound)
    {
        // 2^32 is no multiple of most bounds: the numbers that are too many of the lowest are thrown away.
        uint tooMany = (uint)((1UL << 32) % bound);
        uint number;
        do
            number = NextUInt32();
        while (number < tooMany);
        return number % bound;
    }

    /// <summary>Fills bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _ready.Length)
                Make(Blocks);
            int length = Math.Min(bytes.Length, _ready.Length - _used);
            Span<byte> taken = _ready.AsSpan(_used, length);
            taken.CopyTo(bytes);
            taken.Clear();
            _used += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>Makes the next key and, behind it, what is handed out next.</summary>
    /// <param name="blocks">How many blocks; what they do not fill counts as handed out.</param>
    private void Make(int blocks)
    {
        Span<byte> nonce = stackalloc byte[ChaCha20.NonceSize];
        nonce.Clear(); // no key is used twice
        for (int i = 0; i < blocks; i++)
            ChaCha20.Block(_key, (uint)i, nonce, _ready.AsSpan((Blocks - blocks + i) * ChaCha20.BlockSize, ChaCha20.BlockSize));
        int begin = (Blocks - blocks) * ChaCha20.BlockSize;
        Span<byte> nextKey = _ready.AsSpan(begin, ChaCha20.KeySize);
        nextKey.CopyTo(_key);
        nextKey.Clear();
        _used = begin + ChaCha20.KeySize;
    }
}
