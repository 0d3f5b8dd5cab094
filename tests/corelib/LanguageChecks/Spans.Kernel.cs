using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LanguageChecks;

internal static class Spans
{
    public static void Run()
    {
        byte[] array = [1, 2, 3, 4, 5, 6, 7, 8];
        Span<byte> span = array;
        Check.Equal("span: slice", span[2..5].Length + span[2], 3 + 3);
        Check.Equal("span: from the end", span[^1], 8);
        Check.Equal("span: of a part of an array", array.AsSpan(3, 2)[1], 5);
        span[..4].CopyTo(span[2..]);
        Check.That("span: copies onto itself", span.SequenceEqual((ReadOnlySpan<byte>)[1, 2, 1, 2, 3, 4, 7, 8]));
        span[1..3].Fill(9);
        Check.That("span: fills", span[0] == 1 && span[1] == 9 && span[2] == 9 && span[3] == 2);
        span.Clear();
        Check.That("span: clears", span.SequenceEqual(new byte[8]));
        Check.Equal("span: index of", ((ReadOnlySpan<byte>)[5, 6, 7]).IndexOf((byte)7), 2);
        Check.Equal("span: index of a sequence", "a\r\n\r\nb"u8.IndexOf("\r\n\r\n"u8), 1);
        Check.Equal("span: index of what is twice", "ab\r\nc\r\n"u8.IndexOf("\r\n"u8) + "\r\r\n"u8.IndexOf("\r\n"u8), 2 + 1);
        Check.That("span: index of nothing, and in nothing", "abc"u8.IndexOf(""u8) == 0 && ""u8.IndexOf((byte)0) < 0 && "ab"u8.IndexOf("abc"u8) < 0);
        Check.That("span: index of at every place of every length", FindsEverywhere());
        Check.That("span: equal but for one, at every place of every length", ComparesEverywhere());
        Check.That("span: starts and ends with", "GET /"u8.StartsWith("GET"u8) && "GET /"u8.EndsWith("/"u8));
        Check.That("span: too short to copy into", !"abc"u8.TryCopyTo(new byte[2]));

        Span<int> stack = stackalloc int[16];
        for (int i = 0; i < stack.Length; i++)
            stack[i] = i * i;
        Check.Equal("span: stackalloc", stack[15], 225);
        int sum = 0;
        foreach (int value in stack[..4])
            sum += value;
        Check.Equal("span: foreach", sum, 0 + 1 + 4 + 9);
        foreach (ref int value in stack)
            value = 1;
        Check.Equal("span: foreach by reference", stack[7], 1);
        Check.That("span: reverses", Reversed([1, 2, 3]).SequenceEqual((ReadOnlySpan<int>)[3, 2, 1]));

        Span<byte> bytes = stackalloc byte[16];
        Header header = new() { Kind = 0x0806, Length = 28 };
        MemoryMarshal.Write(bytes, in header);
        Check.That("memory: struct to bytes", bytes[0] == 6 && bytes[1] == 8 && bytes[4] == 28);
        Check.Equal("memory: bytes to struct", MemoryMarshal.Read<Header>(bytes).Length, 28);
        MemoryMarshal.AsRef<Header>(bytes).Length = 29;
        Check.Equal("memory: struct in place", bytes[4], 29);
        Check.Equal("memory: cast", MemoryMarshal.Cast<byte, uint>(bytes)[1], 29);
        Check.Equal("memory: as bytes", MemoryMarshal.AsBytes(stack).Length, 64);
        Check.Equal("memory: size", Unsafe.SizeOf<Header>(), 8);
        Check.Equal("memory: unaligned read", Unsafe.ReadUnaligned<ushort>(ref bytes[1]), 8);
        Check.That("memory: references", Unsafe.AreSame(ref bytes[0], ref MemoryMarshal.GetReference(bytes)));
        Check.Equal("memory: added reference", Unsafe.Add(ref bytes[0], 4), 29);

        Memory<byte> memory = array.AsMemory(2, 4);
        memory.Span[0] = 77;
        Check.That("memory: a part of an array", array[2] == 77 && memory.Length == 4 && memory[1..].Length == 3);
        Check.That("span: data in the image", Primes.Length == 5 && Primes[4] == 11);
    }

    // Beside the byte stand those that a search of eight at once could take for it.
    private static bool FindsEverywhere()
    {
        byte[] bytes = new byte[40];
        for (int length = 0; length <= bytes.Length; length++)
        {
            for (int place = 0; place < length; place++)
            {
                for (int i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)(i % 2 == 0 ? 0x0b : 0x8a);
                bytes[place] = 0x0a;
                if (bytes.AsSpan(0, length).IndexOf((byte)0x0a) != place || bytes.AsSpan(0, place).IndexOf((byte)0x0a) >= 0)
                    return false;
            }
        }

        return true;
    }

    private static bool ComparesEverywhere()
    {
        byte[] one = new byte[40];
        byte[] other = new byte[40];
        for (int length = 0; length <= one.Length; length++)
        {
            if (!one.AsSpan(0, length).SequenceEqual(other.AsSpan(0, length)))
                return false;
            for (int place = 0; place < one.Length; place++)
            {
                other[place] = 1;
                bool equal = one.AsSpan(0, length).SequenceEqual(other.AsSpan(0, length));
                other[place] = 0;
                if (equal != (place >= length))
                    return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<ushort> Primes => [2, 3, 5, 7, 11];

    private static Span<int> Reversed(Span<int> values)
    {
        values.Reverse();
        return values;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        public ushort Kind;
        public ushort Flags;
        public int Length;
    }
}
