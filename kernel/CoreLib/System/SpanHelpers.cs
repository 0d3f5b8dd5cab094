using System.Numerics;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The loops below spans. Copying and filling are in assembly (<c>Runtime/Memory.S</c>).</summary>
internal static class SpanHelpers
{
    /// <summary>Copies bytes between runs that may overlap.</summary>
    [Intrinsic]
    public static void Memmove(ref byte destination, ref byte source, nuint length) => MoveBytes(ref destination, ref source, length);

    public static void Fill(ref byte destination, byte value, nuint length) => FillBytes(ref destination, value, length);

    [Intrinsic]
    public static void ClearWithoutReferences(ref byte destination, nuint length) => FillBytes(ref destination, 0, length);

    [Intrinsic]
    public static bool SequenceEqual(ref byte first, ref byte second, nuint length)
    {
        nuint at = 0;
        if (length >= 8)
        {
            for (; at <= length - 8; at += 8)
            {
                if (Read64(ref first, at) != Read64(ref second, at))
                    return false;
            }

            return Read64(ref first, length - 8) == Read64(ref second, length - 8);
        }

        if (length >= 4)
            return Read32(ref first, 0) == Read32(ref second, 0) && Read32(ref first, length - 4) == Read32(ref second, length - 4);
        for (; at < length; at++)
        {
            if (Unsafe.Add(ref first, (nint)at) != Unsafe.Add(ref second, (nint)at))
                return false;
        }

        return true;
    }

    /// <summary>Where a byte stands first; -1 for nowhere.</summary>
    public static int IndexOf(ref byte first, byte value, int length)
    {
        // Eight at once: subtracting one from each byte borrows from its top bit only where there was nothing, and further up. The lowest such byte is right.
        const ulong Ones = 0x0101_0101_0101_0101;
        const ulong Tops = 0x8080_8080_8080_8080;
        int at = 0;
        if (length >= 8)
        {
            ulong pattern = value * Ones;
            while (true)
            {
                ulong difference = Read64(ref first, (nuint)at) ^ pattern;
                ulong zeroes = (difference - Ones) & ~difference & Tops;
                if (zeroes != 0)
                    return at + (BitOperations.TrailingZeroCount(zeroes) >> 3);
                if (at == length - 8)
                    return -1;

                // The last eight may have been looked at in part.
                at = Math.Min(at + 8, length - 8);
            }
        }

        for (; at < length; at++)
        {
            if (Unsafe.Add(ref first, at) == value)
                return at;
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ref byte start, nuint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, (nint)at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte start, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)at));

    [RuntimeImport("*", "memmove")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void MoveBytes(ref byte destination, ref byte source, nuint length);

    [RuntimeImport("*", "memset")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void FillBytes(ref byte destination, int value, nuint length);
}
