using System;

namespace Guest.Net.Wire;

/// <summary>Domain names as DHCP servers write them: the search list (RFC 3397), and the one of plain text (RFC 2132, 3.17).</summary>
public static class DhcpDomains
{
    private const int PointerMark = 0xc0;

    /// <summary>Whether a text could be a domain name: letters, digits, hyphens, underscores, dots.</summary>
    public static bool IsName(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            if (!IsNameCharacter(c) && c != (byte)'.')
                return false;
        }

        return !text.IsEmpty;
    }

    /// <summary>Reads a search list, whose names are compressed as in DNS (RFC 1035, 4.1.4).</summary>
    /// <param name="list">The option's value, its parts put together.</param>
    /// <param name="text">Receives the names, with a space between two of them.</param>
    /// <param name="length">The bytes in <paramref name="text"/>.</param>
    /// <returns>False if the list makes no sense or does not fit.</returns>
    public static bool TryReadSearchList(ReadOnlySpan<byte> list, Span<byte> text, out int length)
    {
        length = 0;
        int at = 0;
        while (at < list.Length)
        {
            if (length != 0 && !TryAppend((byte)' ', text, ref length))
                return false;
            if (!TryReadName(list, ref at, text, ref length))
                return false;
        }

        return length != 0;
    }

    private static bool TryReadName(ReadOnlySpan<byte> list, ref int at, Span<byte> text, ref int length)
    {
        int read = at;
        int limit = list.Length;
        bool jumped = false;
        int start = length;
        while (true)
        {
            if (read >= limit)
                return false;
            int label = list[read++];
            if (label == 0)
            {
                if (!jumped)
                    at = read;
                return length != start;
            }

            if ((label & PointerMark) == PointerMark)
            {
                if (read >= limit)
                    return false;
                int target = ((label & ~PointerMark) << 8) | list[read++];
                if (!jumped)
                    at = read;
                // Each jump leads further to the front than any before it, so that there is an end.
                limit = read - 2;
                if (target >= limit)
                    return false;
                jumped = true;
                read = target;
                continue;
            }

            if (label > 63 || label > limit - read || (length != start && !TryAppend((byte)'.', text, ref length)))
                return false;
            for (; label > 0; label--)
            {
                byte c = list[read++];
                if (!IsNameCharacter(c) || !TryAppend(c, text, ref length))
                    return false;
            }
        }
    }

    private static bool TryAppend(byte c, Span<byte> text, ref int length)
    {
        if (length == text.Length)
            return false;
        text[length++] = c;
        return true;
    }

    private static bool IsNameCharacter(byte c) =>
        c is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_';
}
