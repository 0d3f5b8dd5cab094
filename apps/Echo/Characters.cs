using System;

namespace Echo;

/// <summary>The lines of the character generator (RFC 864): 72 of the 95 printable characters in a ring, each line beginning one further than the one before.</summary>
internal static class Characters
{
    /// <summary>How many lines there are before they begin anew.</summary>
    public const int Lines = 95;

    /// <summary>Bytes in all of them.</summary>
    public const int Period = Lines * LineLength;

    private const int Printable = 72;
    private const int LineLength = Printable + 2;
    private const int Periods = 8;

    private static readonly byte[] s_lines = Make();

    /// <summary>A line with its end.</summary>
    public static ReadOnlySpan<byte> Line(int number) => new(s_lines, number * LineLength, LineLength);

    /// <summary>Lines from a place in the first period on, as many as there are at hand.</summary>
    public static ReadOnlySpan<byte> From(int place) => new(s_lines, place, s_lines.Length - place);

    private static byte[] Make()
    {
        byte[] lines = new byte[Period * Periods];
        for (int at = 0; at < lines.Length; at++)
        {
            int column = at % LineLength;
            lines[at] = column switch
            {
                Printable => (byte)'\r',
                Printable + 1 => (byte)'\n',
                _ => (byte)(' ' + (((at / LineLength) + column) % Lines)),
            };
        }

        return lines;
    }
}
