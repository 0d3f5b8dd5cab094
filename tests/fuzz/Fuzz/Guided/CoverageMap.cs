using System;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Guest.Fuzz.Guided;

/// <summary>Which branches of the instrumented kernel an input took, and how often, in AFL's manner: a byte for each pair of places that followed
/// one another.</summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private static readonly byte[] s_bucket = MakeBuckets();
    private readonly byte* _hits = (byte*)NativeMemory.AllocZeroed(Size);
    private readonly byte[] _seen = new byte[Size];

    public CoverageMap() => Trace.SharedMem = _hits;

    /// <summary>Pairs of places that some input has taken.</summary>
    public int Known => Size - new ReadOnlySpan<byte>(_seen).Count((byte)0);

    /// <summary>Whether anything is instrumented: without that every input looks alike.</summary>
    public bool IsFed => new ReadOnlySpan<byte>(_hits, Size).ContainsAnyExcept((byte)0);

    /// <summary>Before an input runs.</summary>
    public void Clear()
    {
        new Span<byte>(_hits, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>After an input ran: keeps what it did, and says whether it did anything that none before it did.</summary>
    /// <param name="countsMatter">Whether doing something more often is doing something else.</param>
    public bool Merge(bool countsMatter = true)
    {
        bool isNew = false;
        ReadOnlySpan<ulong> words = new(_hits, Size / 8);
        for (int word = words.IndexOfAnyExcept(0ul); word >= 0 && word < words.Length;)
        {
            for (int at = word * 8; at < (word + 1) * 8; at++)
            {
                byte bucket = countsMatter ? s_bucket[_hits[at]] : (byte)Math.Min(_hits[at], (byte)1);
                if ((bucket & ~_seen[at]) == 0)
                    continue;
                isNew = true;
                _seen[at] |= bucket;
            }

            int next = words[(word + 1)..].IndexOfAnyExcept(0ul);
            word = next < 0 ? -1 : word + 1 + next;
        }

        return isNew;
    }

    private static byte[] MakeBuckets()
    {
        byte[] buckets = new byte[256];
        for (int count = 1; count < buckets.Length; count++)
        {
            buckets[count] = count switch
            {
                1 => 1,
                2 => 2,
                3 => 4,
                < 8 => 8,
                < 16 => 16,
                < 32 => 32,
                < 128 => 64,
                _ => 128,
            };
        }

        return buckets;
    }
}
