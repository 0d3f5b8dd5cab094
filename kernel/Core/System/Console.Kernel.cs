using System.Text;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace System;

/// <summary>The machine's console, by the BCL's names. Less than there: control characters other than tab and newline are written as
/// <c>?</c>, and what is typed between a newline and the next is a line of at most 1,024 bytes. Both ways text is UTF-8.</summary>
public static class Console
{
    /// <summary>Writes text.</summary>
    public static void Write(string? value)
    {
        if (value is null)
            return;
        Span<byte> bytes = stackalloc byte[256];
        int filled = 0;
        ReadOnlySpan<char> rest = value;
        while (!rest.IsEmpty)
        {
            int plain = ConsoleText.TakePlain(ref rest, bytes[filled..]);
            filled += plain != 0 ? plain : ConsoleText.Take(ref rest, bytes[filled..]);
            if (bytes.Length - filled >= ConsoleText.MaximumBytes)
                continue;
            Platform.Current.WriteConsole(bytes[..filled]);
            filled = 0;
        }

        Platform.Current.WriteConsole(bytes[..filled]);
    }

    /// <summary>Ends the line.</summary>
    public static void WriteLine() => Platform.Current.WriteConsole("\n"u8);

    /// <summary>Writes text and ends the line.</summary>
    public static void WriteLine(string? value)
    {
        Write(value);
        WriteLine();
    }

    /// <summary>Waits for a line to be typed and returns it without its end.</summary>
    public static string? ReadLine()
    {
        Span<byte> line = stackalloc byte[1024];
        int length = 0;
        while (true)
        {
            int value = ConsoleInput.Instance.TryRead();
            if (value < 0)
                ConsoleInput.Instance.Arrived.Wait(Instant.Never);
            else if (value is '\r' or '\n')
                return Encoding.UTF8.GetString(line[..length]);
            else if (length < line.Length)
                line[length++] = (byte)value;
        }
    }
}
