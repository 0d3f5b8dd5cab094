namespace System;

/// <summary>Integers as text. Formats: none or <c>D</c>/<c>d</c> (with a least number of digits), <c>X</c>/<c>x</c> (likewise).</summary>
internal static class Number
{
    /// <summary>The digits of the longest number, and its sign.</summary>
    private const int LongestText = 20;

    public static string Format(long value)
    {
        Span<byte> text = stackalloc byte[LongestText];
        TryFormat(value, 0, text, out int length, default);
        return FromAscii(text[..length]);
    }

    public static string Format(ulong value)
    {
        Span<byte> text = stackalloc byte[LongestText];
        TryFormat(value, value, text, out int length, default);
        return FromAscii(text[..length]);
    }

    public static string Format(long value, ulong bits, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[LongestText + MaxDigits];
        TryFormat(value, bits, text, out int length, format);
        return FromAscii(text[..length]);
    }

    public static string Format(ulong value, ulong bits, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[LongestText + MaxDigits];
        TryFormat(value, bits, text, out int length, format);
        return FromAscii(text[..length]);
    }

    public static bool TryFormat(long value, ulong bits, Span<byte> destination, out int written, ReadOnlySpan<char> format) =>
        TryFormat(value < 0 ? 0 - (ulong)value : (ulong)value, value < 0, bits, destination, out written, format);

    public static bool TryFormat(ulong value, ulong bits, Span<byte> destination, out int written, ReadOnlySpan<char> format) =>
        TryFormat(value, false, bits, destination, out written, format);

    public static bool TryFormat(long value, ulong bits, Span<char> destination, out int written, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[LongestText + MaxDigits];
        TryFormat(value, bits, text, out int length, format);
        return TryWiden(text[..length], destination, out written);
    }

    public static bool TryFormat(ulong value, ulong bits, Span<char> destination, out int written, ReadOnlySpan<char> format)
    {
        Span<byte> text = stackalloc byte[LongestText + MaxDigits];
        TryFormat(value, bits, text, out int length, format);
        return TryWiden(text[..length], destination, out written);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        text = text.Trim();
        bool negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '-' or '+')
            text = text[1..];
        bool parsed = TryParseDigits(text, out ulong magnitude) && magnitude <= (ulong)long.MaxValue + (negative ? 1u : 0u);
        value = parsed ? negative ? (long)(0 - magnitude) : (long)magnitude : 0;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        text = text.Trim();
        return TryParseDigits(text.Length > 0 && text[0] == '+' ? text[1..] : text, out value);
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out long value)
    {
        Span<char> text = stackalloc char[LongestText + MaxDigits];
        value = 0;
        return TryWiden(utf8Text, text, out int length) && TryParse(text[..length], out value);
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out ulong value)
    {
        Span<char> text = stackalloc char[LongestText + MaxDigits];
        value = 0;
        return TryWiden(utf8Text, text, out int length) && TryParse(text[..length], out value);
    }

    /// <summary>The most digits that a format may ask for.</summary>
    private const int MaxDigits = 32;

    private static bool TryFormat(ulong magnitude, bool negative, ulong bits, Span<byte> destination, out int written, ReadOnlySpan<char> format)
    {
        char kind = format.IsEmpty ? 'D' : format[0];
        int least = 1;
        if (format.Length > 1 && !(TryParseDigits(format[1..], out ulong digits) && (least = (int)digits) <= MaxDigits))
            throw new FormatException();
        Span<byte> text = stackalloc byte[LongestText + MaxDigits];
        int at = text.Length;
        switch (kind)
        {
            case 'D' or 'd' or 'G' or 'g' or 'N' or 'n':
                for (; magnitude != 0 || least > 0; magnitude /= 10, least--)
                    text[--at] = (byte)('0' + (magnitude % 10));
                if (negative)
                    text[--at] = (byte)'-';
                break;
            case 'X' or 'x':
                for (; bits != 0 || least > 0; bits >>= 4, least--)
                    text[--at] = (byte)HexDigit((int)bits & 15, kind == 'x');
                break;
            default:
                throw new FormatException();
        }

        written = 0;
        if (!text[at..].TryCopyTo(destination))
            return false;
        written = text.Length - at;
        return true;
    }

    private static int HexDigit(int value, bool lower) => value < 10 ? '0' + value : (lower ? 'a' : 'A') + value - 10;

    private static bool TryParseDigits(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        foreach (char c in text)
        {
            uint digit = (uint)(c - '0');
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10)
                return false;
            value = (value * 10) + digit;
        }

        return !text.IsEmpty;
    }

    private static bool TryWiden(ReadOnlySpan<byte> ascii, Span<char> destination, out int written)
    {
        written = 0;
        if (ascii.Length > destination.Length)
            return false;
        for (int i = 0; i < ascii.Length; i++)
            destination[i] = (char)ascii[i];
        written = ascii.Length;
        return true;
    }

    private static string FromAscii(ReadOnlySpan<byte> ascii)
    {
        string text = string.Allocate(ascii.Length);
        TryWiden(ascii, new Span<char>(ref text.FirstChar, text.Length), out _);
        return text;
    }
}
