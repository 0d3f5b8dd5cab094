using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace System;

/// <summary>The machine's console, by the BCL's names. Less than there: text is ASCII on its way out, and what stands between a newline
/// and the next is a line of at most 1,024 bytes on its way in.</summary>
public static class Console
{
    /// <summary>Writes text.</summary>
    public static void Write(string? value)
    {
        if (value is null)
            return;
        Span<byte> bytes = stackalloc byte[256];
        int filled = 0;
        foreach (char c in value)
        {
            bytes[filled++] = c is '\n' or '\t' or (>= ' ' and <= '~') ? (byte)c : (byte)'?';
            if (filled < bytes.Length)
                continue;
            Platform.Current.WriteConsole(bytes);
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
        Span<char> line = stackalloc char[1024];
        int length = 0;
        while (true)
        {
            int value = ConsoleInput.Instance.TryRead();
            if (value < 0)
                ConsoleInput.Instance.Arrived.Wait(Instant.Never);
            else if (value is '\r' or '\n')
                return new string(line[..length]);
            else if (length < line.Length)
                line[length++] = (char)value;
        }
    }
}
