namespace System;

/// <remarks>Checked arithmetic that is too long to stand in line: compiled code calls these. The names are ilc's.</remarks>
public static partial class Math
{
    private const double TwoTo31 = 2147483648.0;
    private const double TwoTo32 = 4294967296.0;
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    private static ulong MultiplyChecked(ulong left, ulong right)
    {
        if (BigMul(left, right, out ulong low) != 0)
            throw new OverflowException();
        return low;
    }

    private static long MultiplyChecked(long left, long right)
    {
        bool negative = (left < 0) != (right < 0);
        ulong magnitude = MultiplyChecked(left < 0 ? 0 - (ulong)left : (ulong)left, right < 0 ? 0 - (ulong)right : (ulong)right);
        if (magnitude > (ulong)long.MaxValue + (negative ? 1u : 0u))
            throw new OverflowException();
        return negative ? (long)(0 - magnitude) : (long)magnitude;
    }

    private static int ConvertToInt32Checked(double value)
    {
        if (!(value > -TwoTo31 - 1 && value < TwoTo31))
            throw new OverflowException();
        return (int)value;
    }

    private static uint ConvertToUInt32Checked(double value)
    {
        if (!(value > -1 && value < TwoTo32))
            throw new OverflowException();
        return (uint)value;
    }

    private static long ConvertToInt64Checked(double value)
    {
        if (!(value >= -TwoTo63 && value < TwoTo63))
            throw new OverflowException();
        return (long)value;
    }

    private static ulong ConvertToUInt64Checked(double value)
    {
        if (!(value > -1 && value < TwoTo64))
            throw new OverflowException();
        return (ulong)value;
    }
}
