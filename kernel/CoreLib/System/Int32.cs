using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A signed number of 32 bits.</summary>
public readonly struct Int32 : IEquatable<int>, IComparable<int>, ISpanFormattable, IUtf8SpanFormattable
{
    public const int MinValue = -2147483648;
    public const int MaxValue = 2147483647;

    private readonly int m_value;

    public bool Equals(int obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is int other && m_value == other;

    public int CompareTo(int value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => m_value;

    public override string ToString() => Number.Format((long)m_value);

    public string ToString(string? format) => Number.Format((long)m_value, (uint)m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (uint)m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((long)m_value, (uint)m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out int result) => TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out int result)
    {
        bool parsed = Number.TryParse(s, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (int)value : default;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out int result)
    {
        bool parsed = Number.TryParse(utf8Text, out long value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (int)value : default;
        return parsed;
    }

    public static int Parse(string s) => TryParse(s, out int result) ? result : throw new FormatException();

    public static int Parse(ReadOnlySpan<char> s) => TryParse(s, out int result) ? result : throw new FormatException();
}
