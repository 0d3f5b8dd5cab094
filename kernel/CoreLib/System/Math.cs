using System.Runtime.CompilerServices;

namespace System;

/// <summary>Arithmetic on integers.</summary>
public static partial class Math
{
    public static sbyte Min(sbyte val1, sbyte val2) => val1 <= val2 ? val1 : val2;

    public static sbyte Max(sbyte val1, sbyte val2) => val1 >= val2 ? val1 : val2;

    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => value < min ? min : value > max ? max : value;

    public static byte Min(byte val1, byte val2) => val1 <= val2 ? val1 : val2;

    public static byte Max(byte val1, byte val2) => val1 >= val2 ? val1 : val2;

    public static byte Clamp(byte value, byte min, byte max) => value < min ? min : value > max ? max : value;

    public static short Min(short val1, short val2) => val1 <= val2 ? val1 : val2;

    public static short Max(short val1, short val2) => val1 >= val2 ? val1 : val2;

    public static short Clamp(short value, short min, short max) => value < min ? min : value > max ? max : value;

    public static ushort Min(ushort val1, ushort val2) => val1 <= val2 ? val1 : val2;

    public static ushort Max(ushort val1, ushort val2) => val1 >= val2 ? val1 : val2;

    public static ushort Clamp(ushort value, ushort min, ushort max) => value < min ? min : value > max ? max : value;

    public static int Min(int val1, int val2) => val1 <= val2 ? val1 : val2;

    public static int Max(int val1, int val2) => val1 >= val2 ? val1 : val2;

    public static int Clamp(int value, int min, int max) => value < min ? min : value > max ? max : value;

    public static uint Min(uint val1, uint val2) => val1 <= val2 ? val1 : val2;

    public static uint Max(uint val1, uint val2) => val1 >= val2 ? val1 : val2;

    public static uint Clamp(uint value, uint min, uint max) => value < min ? min : value > max ? max : value;

    public static long Min(long val1, long val2) => val1 <= val2 ? val1 : val2;

    public static long Max(long val1, long val2) => val1 >= val2 ? val1 : val2;

    public static long Clamp(long value, long min, long max) => value < min ? min : value > max ? max : value;

    public static ulong Min(ulong val1, ulong val2) => val1 <= val2 ? val1 : val2;

    public static ulong Max(ulong val1, ulong val2) => val1 >= val2 ? val1 : val2;

    public static ulong Clamp(ulong value, ulong min, ulong max) => value < min ? min : value > max ? max : value;

    public static nint Min(nint val1, nint val2) => val1 <= val2 ? val1 : val2;

    public static nint Max(nint val1, nint val2) => val1 >= val2 ? val1 : val2;

    public static nint Clamp(nint value, nint min, nint max) => value < min ? min : value > max ? max : value;

    public static nuint Min(nuint val1, nuint val2) => val1 <= val2 ? val1 : val2;

    public static nuint Max(nuint val1, nuint val2) => val1 >= val2 ? val1 : val2;

    public static nuint Clamp(nuint value, nuint min, nuint max) => value < min ? min : value > max ? max : value;

    public static float Min(float val1, float val2) => val1 <= val2 ? val1 : val2;

    public static float Max(float val1, float val2) => val1 >= val2 ? val1 : val2;

    public static float Clamp(float value, float min, float max) => value < min ? min : value > max ? max : value;

    public static double Min(double val1, double val2) => val1 <= val2 ? val1 : val2;

    public static double Max(double val1, double val2) => val1 >= val2 ? val1 : val2;

    public static double Clamp(double value, double min, double max) => value < min ? min : value > max ? max : value;

    public static int Abs(int value) => value >= 0 ? value : checked(-value);

    public static int Sign(int value) => value > 0 ? 1 : value < 0 ? -1 : 0;

    public static long Abs(long value) => value >= 0 ? value : checked(-value);

    public static int Sign(long value) => value > 0 ? 1 : value < 0 ? -1 : 0;

    public static nint Abs(nint value) => value >= 0 ? value : checked(-value);

    public static int Sign(nint value) => value > 0 ? 1 : value < 0 ? -1 : 0;

    public static long BigMul(int a, int b) => (long)a * b;

    public static ulong BigMul(uint a, uint b) => (ulong)a * b;

    [Intrinsic]
    public static ulong BigMul(ulong a, ulong b, out ulong low)
    {
        ulong aLow = (uint)a;
        ulong aHigh = a >> 32;
        ulong bLow = (uint)b;
        ulong bHigh = b >> 32;
        ulong lowLow = aLow * bLow;
        ulong middle = (aHigh * bLow) + (lowLow >> 32);
        ulong middleLow = (uint)middle + (aLow * bHigh);
        low = (middleLow << 32) | (uint)lowLow;
        return (aHigh * bHigh) + (middle >> 32) + (middleLow >> 32);
    }

    public static (int Quotient, int Remainder) DivRem(int left, int right) => (left / right, left % right);

    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right) => (left / right, left % right);

    public static (long Quotient, long Remainder) DivRem(long left, long right) => (left / right, left % right);

    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right) => (left / right, left % right);
}
