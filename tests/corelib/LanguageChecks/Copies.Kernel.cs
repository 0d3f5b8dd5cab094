using System;

namespace LanguageChecks;

/// <summary>Runtime/Memory.S against the plainest loop, over all sizes that take different ways in it and all overlaps near them.</summary>
internal static class Copies
{
    private const int Largest = 700;
    private const int Room = Largest + 64;

    public static void Run()
    {
        Check.That("copy: all sizes up to 700, apart", CopiesApart());
        Check.That("copy: all sizes up to 700, overlapping by any distance in steps of 1 to 40", CopiesOverlapping());
        Check.That("copy: sizes of packets", CopyOf(1472) && CopyOf(1514) && CopyOf(4096) && CopyOf(9001));
        Check.That("fill: all sizes up to 700", Fills());
    }

    private static bool CopiesApart()
    {
        byte[] source = Pattern(Room);
        byte[] target = new byte[Room];
        for (int size = 0; size <= Largest; size++)
        {
            Array.Clear(target);
            int at = size % 17;
            source.AsSpan(at, size).CopyTo(target.AsSpan(3, size));
            for (int i = 0; i < Room; i++)
            {
                byte expected = i >= 3 && i < 3 + size ? source[at + i - 3] : (byte)0;
                if (target[i] != expected)
                    return false;
            }
        }

        return true;
    }

    private static bool CopiesOverlapping()
    {
        byte[] pattern = Pattern(Room);
        byte[] memory = new byte[Room];
        for (int size = 0; size <= Largest; size += size < 300 ? 1 : 7)
        {
            for (int distance = -40; distance <= 40; distance += 4)
            {
                pattern.AsSpan().CopyTo(memory);
                int from = distance < 0 ? -distance : 0;
                int to = from + distance;
                memory.AsSpan(from, size).CopyTo(memory.AsSpan(to, size));
                for (int i = 0; i < Room; i++)
                {
                    byte expected = i >= to && i < to + size ? pattern[from + i - to] : pattern[i];
                    if (memory[i] != expected)
                        return false;
                }
            }
        }

        return true;
    }

    private static bool CopyOf(int size)
    {
        byte[] source = Pattern(size + 2);
        byte[] target = new byte[size + 2];
        source.AsSpan(1, size).CopyTo(target.AsSpan(1));
        return target[0] == 0 && target[^1] == 0 && target.AsSpan(1, size).SequenceEqual(source.AsSpan(1, size));
    }

    private static bool Fills()
    {
        byte[] memory = new byte[Room];
        for (int size = 0; size <= Largest; size++)
        {
            Array.Clear(memory);
            memory.AsSpan(5, size).Fill(0xa5);
            for (int i = 0; i < Room; i++)
            {
                if (memory[i] != (i >= 5 && i < 5 + size ? 0xa5 : 0))
                    return false;
            }
        }

        return true;
    }

    private static byte[] Pattern(int length)
    {
        byte[] pattern = new byte[length];
        uint state = 1;
        for (int i = 0; i < length; i++)
        {
            state = (state * 1664525) + 1013904223;
            pattern[i] = (byte)(state >> 24);
        }

        return pattern;
    }
}
