using System;
using System.Text;

namespace Guest.Core.Diagnostics;

/// <summary>Text as the console takes it: UTF-8, and no control characters but tabs and newlines, which could move a terminal's cursor or worse.</summary>
public static class ConsoleText
{
    /// <summary>The most bytes that <see cref="Take"/> gives.</summary>
    public const int MaximumBytes = 4;

    /// <summary>Takes printable ASCII off the beginning of a text: as much of it as there is, and room for.</summary>
    /// <returns>How many characters, and bytes.</returns>
    public static int TakePlain(scoped ref ReadOnlySpan<char> text, scoped Span<byte> bytes)
    {
        int length = Math.Min(text.Length, bytes.Length);
        int taken = 0;
        for (; taken < length && text[taken] is >= ' ' and <= '~'; taken++)
            bytes[taken] = (byte)text[taken];
        text = text[taken..];
        return taken;
    }

    /// <summary>Takes the first character off a text that is not empty. A control character becomes <c>?</c>, half of a surrogate pair U+FFFD.</summary>
    /// <param name="text">The text; what was taken is gone from it.</param>
    /// <param name="bytes">Receives the character, at most <see cref="MaximumBytes"/>.</param>
    /// <returns>How many bytes it has.</returns>
    public static int Take(scoped ref ReadOnlySpan<char> text, scoped Span<byte> bytes)
    {
        char first = text[0];
        if (first <= '\x9f')
        {
            text = text[1..];
            bytes[0] = first is '\n' or '\t' or (>= ' ' and <= '~') ? (byte)first : (byte)'?';
            return 1;
        }

        int units = first is >= '\ud800' and <= '\udbff' && text.Length > 1 && text[1] is >= '\udc00' and <= '\udfff' ? 2 : 1;
        ReadOnlySpan<char> character = text[..units];
        text = text[units..];
        return Encoding.UTF8.GetBytes(character, bytes);
    }
}
