using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Guest.Fuzz.Guided;

/// <summary>Makes a new input from one that is known, by a few changes of the usual kinds.</summary>
internal sealed class Mutator(int mostBytes, byte[][] words)
{
    private static readonly long[] s_interesting = [0, 1, 2, 7, 8, 16, 20, 64, 127, 128, 255, 256, 512, 1024, 4095, 4096, 32767, 32768, 65535, 65536, int.MaxValue, uint.MaxValue, -1, -2];

    public byte[] Mutate(ref Random64 random, byte[] parent, IReadOnlyList<byte[]> others)
    {
        List<byte> input = [.. parent];
        for (int changes = 1 << random.Below(5); changes > 0; changes--)
            Change(ref random, input, others);
        if (input.Count > mostBytes)
            input.RemoveRange(mostBytes, input.Count - mostBytes);
        return [.. input];
    }

    private void Change(ref Random64 random, List<byte> input, IReadOnlyList<byte[]> others)
    {
        if (input.Count == 0)
        {
            input.Add((byte)random.Next());
            return;
        }

        int at = random.Below(input.Count);
        switch (random.Below(11))
        {
            case 0:
                input[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1:
                input[at] = (byte)random.Next();
                break;
            case 2:
                input[at] = (byte)(input[at] + random.Between(-16, 16));
                break;
            case 3 or 4:
                PutNumber(ref random, input, at);
                break;
            case 5:
                input.RemoveRange(at, random.Between(1, Math.Min(32, input.Count - at)));
                break;
            case 6:
                input.InsertRange(at, input.GetRange(at, random.Between(1, Math.Min(64, input.Count - at))));
                break;
            case 7:
                input.Insert(at, (byte)random.Next());
                break;
            case 8 when words.Length > 0:
                PutWord(ref random, input, at);
                break;
            case 9 when others.Count > 0:
                Splice(ref random, input, at, others[random.Below(others.Count)]);
                break;
            default:
                Move(ref random, input, at);
                break;
        }
    }

    private static void PutNumber(ref Random64 random, List<byte> input, int at)
    {
        Span<byte> bytes = stackalloc byte[8];
        int width = random.Pick(1, 2, 4, 8);
        long value = random.Pick(s_interesting);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes = bytes[..width];
        if (random.Chance(50))
            bytes.Reverse();
        for (int i = 0; i < width && at + i < input.Count; i++)
            input[at + i] = bytes[i];
    }

    private void PutWord(ref Random64 random, List<byte> input, int at)
    {
        byte[] word = random.Pick(words);
        if (random.Chance(50))
        {
            input.InsertRange(at, word);
            return;
        }

        for (int i = 0; i < word.Length && at + i < input.Count; i++)
            input[at + i] = word[i];
    }

    private static void Splice(ref Random64 random, List<byte> input, int at, byte[] other)
    {
        if (other.Length == 0)
            return;
        int from = random.Below(other.Length);
        byte[] part = other[from..(from + random.Between(1, other.Length - from))];
        if (random.Chance(50))
            input.RemoveRange(at, input.Count - at);
        input.InsertRange(at, part);
    }

    private static void Move(ref Random64 random, List<byte> input, int at)
    {
        int to = random.Below(input.Count);
        int count = random.Between(1, Math.Min(32, input.Count - Math.Max(at, to)));
        for (int i = 0; i < count; i++)
            input[to + i] = input[at + i];
    }
}
