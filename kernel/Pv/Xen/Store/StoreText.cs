using System;

namespace Guest.Pv.Xen;

/// <summary>Numbers as the store writes them.</summary>
public static class StoreText
{
    /// <summary>Reads a decimal number that fits 32 bits: digits alone, at least one.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out uint number)
    {
        number = 0;
        ulong value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + (uint)(digit - '0');
            if (value > uint.MaxValue)
                return false;
        }

        number = (uint)value;
        return text.Length > 0;
    }
}
