using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Guest.Core.Diagnostics;

/// <summary>One line of text in the making, without allocation: what the compiler turns <c>$"..."</c> into at a call of <see cref="Log"/>.</summary>
/// <remarks>Numbers are decimal; the format <c>x</c> (<c>{value:x}</c>) gives <c>0x</c> and hexadecimal digits. Text past
/// <see cref="Capacity"/> bytes is cut, never within a character. Text is written as UTF-8 (<see cref="ConsoleText"/>).</remarks>
[InterpolatedStringHandler]
public ref struct LogLine
{
    /// <summary>The longest line in bytes.</summary>
    public const int Capacity = 240;

    private Buffer _bytes;
    private int _length;

    /// <summary>Begins an empty line; the compiler's two hints are not needed.</summary>
    public LogLine(int literalLength, int formattedCount)
    {
        _ = literalLength;
        _ = formattedCount;
        Unsafe.SkipInit(out _bytes);
        _length = 0;
    }

    /// <summary>The line so far.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>Appends text.</summary>
    public void AppendLiteral(string text) => AppendFormatted(text);

    /// <summary>Appends text.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(string? text) => AppendFormatted(text.AsSpan());

    /// <summary>Appends text.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<char> text)
    {
        Span<byte> character = stackalloc byte[ConsoleText.MaximumBytes];
        while (!text.IsEmpty)
        {
            int length = ConsoleText.Take(ref text, character);
            if (length > Capacity - _length)
                return;
            foreach (byte b in character[..length])
                Append(b < ' ' ? (byte)'?' : b);
        }
    }

    /// <summary>Appends bytes that may come from outside; what is not printable ASCII becomes <c>?</c>.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
            Append(b is >= (byte)' ' and <= (byte)'~' ? b : (byte)'?');
    }

    /// <summary>Appends a number.</summary>
    public void AppendFormatted(long value)
    {
        if (value < 0)
            Append((byte)'-');
        AppendFormatted(value < 0 ? 0 - (ulong)value : (ulong)value);
    }

    /// <inheritdoc cref="AppendFormatted(long)"/>
    public void AppendFormatted(int value) => AppendFormatted((long)value);

    /// <inheritdoc cref="AppendFormatted(long)"/>
    public void AppendFormatted(uint value) => AppendFormatted((ulong)value);

    /// <inheritdoc cref="AppendFormatted(long)"/>
    public void AppendFormatted(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);

        AppendFormatted(digits[at..]);
    }

    /// <summary>Appends a number: <c>x</c> for hexadecimal, <c>x4</c> or <c>x16</c> for at least so many digits of it.</summary>
    public void AppendFormatted(ulong value, string format)
    {
        int digits = 0;
        for (int i = 1; i < format.Length; i++)
            digits = (digits * 10) + format[i] - '0';
        AppendFormatted("0x"u8);
        int shift = 60;
        while (shift > 0 && (value >> shift) == 0 && shift / 4 >= digits)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
            Append("0123456789abcdef"u8[(int)(value >> shift) & 15]);
    }

    /// <inheritdoc cref="AppendFormatted(ulong, string)"/>
    public void AppendFormatted(uint value, string format) => AppendFormatted((ulong)value, format);

    /// <inheritdoc cref="AppendFormatted(ulong, string)"/>
    public void AppendFormatted(int value, string format) => AppendFormatted((ulong)(uint)value, format);

    private void Append(byte value)
    {
        if (_length < Capacity)
            _bytes[_length++] = value;
    }

    [InlineArray(Capacity)]
    private struct Buffer
    {
        private byte _first;
    }
}
