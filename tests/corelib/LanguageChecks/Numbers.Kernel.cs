using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace LanguageChecks;

internal static class Numbers
{
    public static void Run()
    {
        Check.Equal("number: int as text", Opaque(-1234567).ToString(), "-1234567");
        Check.Equal("number: the least long as text", long.MinValue.ToString(), "-9223372036854775808");
        Check.Equal("number: the greatest ulong as text", ulong.MaxValue.ToString(), "18446744073709551615");
        Check.Equal("number: zero as text", Opaque(0).ToString(), "0");
        Check.Equal("number: hexadecimal", 0xbeef.ToString("x"), "beef");
        Check.Equal("number: hexadecimal of a negative int has 8 digits", Opaque(-1).ToString("X"), "FFFFFFFF");
        Check.Equal("number: hexadecimal with leading zeros", 0x1f.ToString("x4"), "001f");
        Check.Equal("number: decimal with leading zeros", 7.ToString("D3"), "007");
        Check.That("number: parses", int.TryParse("-42", out int parsed) && parsed == -42);
        Check.That("number: refuses letters", !int.TryParse("4x", out _));
        Check.That("number: refuses what is too large", !byte.TryParse("256", out _) && !ulong.TryParse("18446744073709551616", out _));
        Check.That("number: parses the extremes", long.TryParse("-9223372036854775808", out long least) && least == long.MinValue);
        Check.That("number: refuses nothing", !uint.TryParse("", out _));
        Span<byte> utf8 = stackalloc byte[8];
        Check.That("number: formats as UTF-8", 123.TryFormat(utf8, out int written) && utf8[..written].SequenceEqual("123"u8));
        Check.That("number: says when the room is too small", !123456789.TryFormat(utf8, out _));
        Check.That("number: parses UTF-8", ushort.TryParse("65535"u8, out ushort port) && port == 65535);

        Check.Equal("arithmetic: division truncates", Opaque(-7) / 2, -3);
        Check.Equal("arithmetic: remainder has the dividend's sign", Opaque(-7) % 2, -1);
        Check.Equal("arithmetic: unchecked wraps", unchecked(Opaque(int.MaxValue) + 1), int.MinValue);
        Check.That("arithmetic: 64-bit product", (ulong)Opaque(0x7fff_ffff) * 0x1_0000_0001 == 0x7fff_ffff_7fff_ffff);
        Check.That("arithmetic: high half of a product", Math.BigMul(ulong.MaxValue, ulong.MaxValue, out ulong low) == ulong.MaxValue - 1 && low == 1);
        Check.That("arithmetic: doubles", (double)Opaque(7) / 2 == 3.5 && (int)((float)Opaque(9) * 0.5f) == 4);
        Check.That("arithmetic: ulong to double and back", (ulong)(double)((ulong)Opaque(1) << 63) == 1ul << 63);

        Check.Equal("bits: pop count", BitOperations.PopCount((uint)Opaque(0xff00ff)), 16);
        Check.Equal("bits: trailing zeros", BitOperations.TrailingZeroCount((uint)Opaque(8)), 3);
        Check.Equal("bits: trailing zeros of nothing", BitOperations.TrailingZeroCount((uint)Opaque(0)), 32);
        Check.Equal("bits: leading zeros", BitOperations.LeadingZeroCount((uint)Opaque(1)), 31);
        Check.Equal("bits: leading zeros of nothing", BitOperations.LeadingZeroCount((ulong)Opaque(0)), 64);
        Check.Equal("bits: log2", BitOperations.Log2((ulong)Opaque(1000)), 9);
        Check.That("bits: rotate", BitOperations.RotateLeft((uint)Opaque(1), 31) == 0x8000_0000 && BitOperations.RotateRight(1ul, 1) == 1ul << 63);
        Check.Equal("bits: next power of two", BitOperations.RoundUpToPowerOf2((uint)Opaque(65)), 128);

        Check.That("byte order: swaps", BinaryPrimitives.ReverseEndianness((uint)Opaque(0x0102_0304)) == 0x0403_0201);
        Span<byte> wire = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(wire, 0x0800);
        BinaryPrimitives.WriteUInt32LittleEndian(wire[2..], 0x11223344);
        Check.That("byte order: writes", wire[..6].SequenceEqual((ReadOnlySpan<byte>)[8, 0, 0x44, 0x33, 0x22, 0x11]));
        Check.That("byte order: reads", BinaryPrimitives.ReadUInt16BigEndian(wire) == 0x0800 && BinaryPrimitives.ReadUInt32BigEndian(wire[2..]) == 0x44332211);
        Check.That("bits: float and int", BitConverter.SingleToInt32Bits(1.0f) == 0x3f80_0000);
    }

    /// <summary>A number that the compiler cannot see through.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Opaque(int value) => value;
}
