using System.Runtime.CompilerServices;

namespace System;

/// <summary>Numbers as bits and bytes, in the machine's (little-endian) order.</summary>
public static class BitConverter
{
    public static readonly bool IsLittleEndian = true;

    [Intrinsic]
    public static int SingleToInt32Bits(float value) => Unsafe.BitCast<float, int>(value);

    [Intrinsic]
    public static long DoubleToInt64Bits(double value) => Unsafe.BitCast<double, long>(value);

    [Intrinsic]
    public static float Int32BitsToSingle(int value) => Unsafe.BitCast<int, float>(value);

    [Intrinsic]
    public static double Int64BitsToDouble(long value) => Unsafe.BitCast<long, double>(value);

    public static ushort ToUInt16(ReadOnlySpan<byte> value) => System.Runtime.InteropServices.MemoryMarshal.Read<ushort>(value);

    public static uint ToUInt32(ReadOnlySpan<byte> value) => System.Runtime.InteropServices.MemoryMarshal.Read<uint>(value);

    public static ulong ToUInt64(ReadOnlySpan<byte> value) => System.Runtime.InteropServices.MemoryMarshal.Read<ulong>(value);

    public static int ToInt32(ReadOnlySpan<byte> value) => System.Runtime.InteropServices.MemoryMarshal.Read<int>(value);
}
