using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A signed number of 8 bits.</summary>
public readonly struct SByte : IEquatable<sbyte>, IComparable<sbyte>, ISpanFormattable, IUtf8SpanFormattable
{
    public const sbyte MinValue = -128;
    public const sbyte MaxValue = 127;

    private readonly sbyte m_value;

    public bool Equals(sbyte obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is sbyte other && m_value == other;

    public int CompareTo(sbyte value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => m_value;

    public override string ToString() => Number.Format((long)m_value);

    public string ToString(string? format) => Number.Format((long)m_value, (byte)m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (byte)m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (byte)m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out sbyte result) => TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out sbyte result)
    {
        bool parsed = Number.TryParse(s, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (sbyte)value : default;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out sbyte result)
    {
        bool parsed = Number.TryParse(utf8Text, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (sbyte)value : default;
        return parsed;
    }

    public static sbyte Parse(string s) => TryParse(s, out sbyte result) ? result : throw new FormatException();

    public static sbyte Parse(ReadOnlySpan<char> s) => TryParse(s, out sbyte result) ? result : throw new FormatException();
}
