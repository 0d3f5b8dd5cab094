using System;

namespace Guest.Core.Diagnostics;

/// <summary>Where a line for people goes.</summary>
public delegate void ConsoleOutput(ReadOnlySpan<byte> bytes);

/// <summary>The kernel's lines on the console, each with the name of who speaks: <c>virtio-net0: link up</c>.</summary>
/// <remarks>Not for the packet path: writing to a console costs an exit a byte on some of them.</remarks>
public static class Log
{
    /// <summary>What is shown.</summary>
    public static LogLevel Level { get; set; } = LogLevel.Info;

    /// <summary>Where it is shown; until Boot sets it, nowhere.</summary>
    public static ConsoleOutput? Output { get; set; }

    /// <summary>Says something that a person should act on.</summary>
    public static void Warn(string source, ref LogLine line) => Write(LogLevel.Warn, source, ref line);

    /// <summary>Says what happened.</summary>
    public static void Info(string source, ref LogLine line) => Write(LogLevel.Info, source, ref line);

    /// <summary>Says what a developer of the kernel wants to see.</summary>
    public static void Debug(string source, ref LogLine line) => Write(LogLevel.Debug, source, ref line);

    private static void Write(LogLevel level, string source, ref LogLine line)
    {
        if (level > Level || Output is null)
            return;
        LogLine whole = new(0, 0);
        whole.AppendFormatted(source);
        whole.AppendFormatted(": "u8);
        whole.AppendFormatted(line.Bytes);
        Output(whole.Bytes);
        Output("\n"u8);
    }
}
