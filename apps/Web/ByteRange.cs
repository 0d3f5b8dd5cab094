using System;

namespace Web;

/// <summary>One range of bytes (RFC 9110, 14.1.2): <c>bytes=0-99</c>, <c>bytes=100-</c>, <c>bytes=-100</c>.</summary>
internal static class ByteRange
{
    private const int MostDigits = 9;

    /// <summary>Reads a range.</summary>
    /// <param name="field">Of the field Range.</param>
    /// <param name="length">Bytes that there are.</param>
    /// <param name="start">The first that is wanted.</param>
    /// <param name="end">Behind the last that is wanted; <paramref name="start"/> if there are none of those.</param>
    /// <returns>False if it is no single range: then it is passed over, and all is sent (14.2).</returns>
    public static bool TryRead(ReadOnlySpan<byte> field, int length, out int start, out int end)
    {
        start = 0;
        end = length;
        if (!field.StartsWith("bytes="u8))
            return false;
        field = field["bytes=".Length..];
        int dash = field.IndexOf((byte)'-');
        if (dash < 0 || field.Length == 1)
            return false;
        ReadOnlySpan<byte> first = field[..dash];
        ReadOnlySpan<byte> last = field[(dash + 1)..];
        if (!TryReadNumber(first, out int from) || !TryReadNumber(last, out int to))
            return false;
        if (first.IsEmpty)
        {
            start = Math.Max(length - to, 0);
            return true;
        }

        if (!last.IsEmpty && to < from)
            return false;
        start = Math.Min(from, length);
        end = last.IsEmpty ? length : Math.Max(Math.Min(to + 1, length), start);
        return true;
    }

    // Nothing counts as 0.
    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            number = (number * 10) + (digit - '0');
        }

        return digits.Length <= MostDigits;
    }
}
