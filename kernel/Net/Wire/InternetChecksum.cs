using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;

namespace Guest.Net.Wire;

/// <summary>The Internet checksum (RFC 1071), and the one door through which the guest sums a packet's bytes, so that
/// <see cref="PathEvent.SummedBytes"/> is complete.</summary>
/// <remarks>Sums are of 16-bit words as the processor loads them. The ones' complement sum does not care about byte order
/// (RFC 1071, 2 (B)): a folded sum is stored as it is, and is then right in the packet.</remarks>
public static unsafe partial class InternetChecksum
{
    /// <summary>The folded sum of data that includes a right checksum.</summary>
    public const ushort Good = 0xffff;

    private const int BlockSize = 64;

    // 0xffff times this is 1 modulo 2^64.
    private const ulong InverseOfGood = 0xfffe_fffe_fffe_ffff;

    /// <summary>Adds bytes to a sum and counts them. Only the last of several pieces may have an odd length.</summary>
    /// <returns>The unfolded sum.</returns>
    public static ulong Sum(PathCounters counters, ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        counters.Count(PathEvent.SummedBytes, bytes.Length);
        fixed (byte* first = &MemoryMarshal.GetReference(bytes))
            return Add(first, bytes.Length, sum);
    }

    /// <summary>Whether the checksum of an IPv4 header without options is right; its bytes are counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsHeaderGood(PathCounters counters, Ipv4Header* header)
    {
        counters.Count(PathEvent.SummedBytes, Ipv4Header.Size);
        uint* words = (uint*)header;
        return IsGood((ulong)words[0] + words[1] + words[2] + words[3] + words[4]);
    }

    /// <summary>Whether a sum, not folded and not 0, is that of data with a right checksum: folded, it would be <see cref="Good"/>.</summary>
    /// <remarks>Folding keeps the remainder modulo 0xffff, so the question is whether 0xffff divides the sum. It does if and only if the
    /// product with the divisor's inverse is no larger than the largest quotient (Hacker's Delight, 10-17): two instructions instead of twelve.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsGood(ulong sum) => unchecked(sum * InverseOfGood) <= ulong.MaxValue / Good;

    /// <summary>Folds a sum into 16 bits, adding the carries back in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        sum = (uint)sum + (sum >> 32);
        return Fold((uint)((ushort)sum + (sum >> 16)));
    }

    /// <inheritdoc cref="Fold(ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(uint sum)
    {
        sum = (ushort)sum + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>The checksum after a 16-bit word of the data has changed (RFC 1624, equation 3).</summary>
    /// <param name="checksum">The checksum before, as it lies in the packet.</param>
    /// <param name="before">The word before.</param>
    /// <param name="after">The word after.</param>
    public static BigEndian16 Update(BigEndian16 checksum, BigEndian16 before, BigEndian16 after) =>
        new((ushort)~Fold((ulong)(ushort)~checksum.Raw + (ushort)~before.Raw + after.Raw));

    // Thirty-two-bit loads into a 64-bit sum need no carry, and 2^32 of them fit.
    private static ulong Add(byte* at, int length, ulong sum)
    {
        if (length >= BlockSize)
        {
            int blocks = length / BlockSize;
            sum = AddBlocks(at, blocks, sum);
            sum = (uint)sum + (sum >> 32);
            at += blocks * BlockSize;
            length -= blocks * BlockSize;
        }

        for (; length >= 4; length -= 4, at += 4)
            sum += *(uint*)at;
        if (length >= 2)
        {
            sum += *(ushort*)at;
            at += 2;
            length -= 2;
        }

        return length == 0 ? sum : sum + *at;
    }
}
