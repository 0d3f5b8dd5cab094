using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A signed number of 16 bits.</summary>
public readonly struct Int16 : IEquatable<short>, IComparable<short>, ISpanFormattable, IUtf8SpanFormattable
{
    public const short MinValue = -32768;
    public const short MaxValue = 32767;

    private readonly short m_value;

    public bool Equals(short obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is short other && m_value == other;

    public int CompareTo(short value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => m_value;

    public override string ToString() => Number.Format((long)m_value);

    public string ToString(string? format) => Number.Format((long)m_value, (ushort)m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (ushort)m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (ushort)m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out short result) => TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out short result)
    {
        bool parsed = Number.TryParse(s, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (short)value : default;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out short result)
    {
        bool parsed = Number.TryParse(utf8Text, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (short)value : default;
        return parsed;
    }

    public static short Parse(string s) => TryParse(s, out short result) ? result : throw new FormatException();

    public static short Parse(ReadOnlySpan<char> s) => TryParse(s, out short result) ? result : throw new FormatException();
}
