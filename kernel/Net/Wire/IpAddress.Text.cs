using System;

namespace Guest.Net.Wire;

public readonly partial struct IpAddress
{
    /// <summary>Enough bytes for the text of any address.</summary>
    public const int TextCapacity = 45;

    /// <summary>Reads <c>10.0.0.1</c>, or any form of RFC 4291, 2.2 (without a zone).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.IndexOf(':') >= 0)
            return TryParseIpv6(text, out address);
        if (!TryParseIpv4(text, out uint value))
            return false;
        address = FromIpv4(value);
        return true;
    }

    /// <summary>Writes the address as people write it: <c>10.0.0.1</c>, or RFC 5952's form.</summary>
    /// <param name="destination">At least <see cref="TextCapacity"/> bytes.</param>
    /// <returns>The bytes written, ASCII.</returns>
    public ReadOnlySpan<byte> Format(Span<byte> destination)
    {
        int length = 0;
        if (IsIpv4)
            FormatIpv4(destination, ref length);
        else
            FormatIpv6(destination, ref length);
        return destination[..length];
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        ReadOnlySpan<byte> ascii = Format(stackalloc byte[TextCapacity]);
        Span<char> text = stackalloc char[TextCapacity];
        for (int i = 0; i < ascii.Length; i++)
            text[i] = (char)ascii[i];
        return new string(text[..ascii.Length]);
    }

    private void FormatIpv4(Span<byte> destination, ref int length)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            uint part = (Ipv4 >> shift) & 255;
            if (part >= 100)
                destination[length++] = (byte)('0' + (part / 100));
            if (part >= 10)
                destination[length++] = (byte)('0' + (part / 10 % 10));
            destination[length++] = (byte)('0' + (part % 10));
            if (shift != 0)
                destination[length++] = (byte)'.';
        }
    }

    private void FormatIpv6(Span<byte> destination, ref int length)
    {
        (int gap, int gapLength) = LongestGap();
        for (int i = 0; i < 8; i++)
        {
            if (i == gap)
            {
                destination[length++] = (byte)':';
                if (i == 0)
                    destination[length++] = (byte)':';
                i += gapLength - 1;
                continue;
            }

            uint group = Group(i);
            int shift = 12;
            while (shift > 0 && group >> shift == 0)
                shift -= 4;
            for (; shift >= 0; shift -= 4)
                destination[length++] = "0123456789abcdef"u8[(int)(group >> shift) & 15];
            if (i != 7)
                destination[length++] = (byte)':';
        }
    }

    private uint Group(int index) => (ushort)((index < 4 ? High : Low) >> (48 - (index % 4 * 16)));

    // RFC 5952, 4.2: the longest run of at least two zero groups, the first of equals.
    private (int Start, int Length) LongestGap()
    {
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++)
        {
            int end = i;
            while (end < 8 && Group(end) == 0)
                end++;
            if (end - i > length)
                (start, length) = (i, end - i);
            i = end;
        }

        return (start, length);
    }

    private static bool TryParseIpv4(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part != 0 && (at >= text.Length || text[at++] != '.'))
                return false;
            int first = at;
            uint number = 0;
            while (at < text.Length && text[at] is >= '0' and <= '9' && at - first < 3)
                number = (number * 10) + (uint)(text[at++] - '0');

            // A leading zero would mean octal to some readers: refused rather than guessed.
            if (at == first || number > 255 || (text[first] == '0' && at - first > 1))
                return false;
            value = (value << 8) | number;
        }

        return at == text.Length;
    }

    private static bool TryParseIpv6(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.Length >= 2 && text[0] == ':' && text[1] == ':')
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            if (count == 8)
                return false;
            ReadOnlySpan<char> rest = text[at..];
            int colon = rest.IndexOf(':');
            if (colon < 0 && rest.IndexOf('.') >= 0)
            {
                if (count > 6 || !TryParseIpv4(rest, out uint tail))
                    return false;
                groups[count++] = (ushort)(tail >> 16);
                groups[count++] = (ushort)tail;
                break;
            }

            if (!TryParseGroup(colon < 0 ? rest : rest[..colon], out groups[count]))
                return false;
            count++;
            if (colon < 0)
                break;
            at += colon + 1;
            if (at == text.Length)
                return false;
            if (text[at] == ':')
            {
                if (gap >= 0)
                    return false;
                gap = count;
                at++;
            }
        }

        if (gap < 0 ? count != 8 : count == 8)
            return false;
        ulong high = 0;
        ulong low = 0;
        for (int i = 0; i < 8; i++)
        {
            int zeros = 8 - count;
            ushort group = gap < 0 || i < gap ? groups[i] : i < gap + zeros ? (ushort)0 : groups[i - zeros];
            high = (high << 16) | (low >> 48);
            low = (low << 16) | group;
        }

        address = new IpAddress(high, low);
        return true;
    }

    private static bool TryParseGroup(ReadOnlySpan<char> text, out ushort value)
    {
        value = 0;
        if (text.Length is 0 or > 4)
            return false;
        foreach (char c in text)
        {
            int digit = c is >= '0' and <= '9' ? c - '0' : (c | 0x20) is >= 'a' and <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
            if (digit < 0)
                return false;
            value = (ushort)((value << 4) | digit);
        }

        return true;
    }
}
