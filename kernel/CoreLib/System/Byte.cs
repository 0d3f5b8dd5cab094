using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>An unsigned number of 8 bits.</summary>
public readonly struct Byte : IEquatable<byte>, IComparable<byte>, ISpanFormattable, IUtf8SpanFormattable
{
    public const byte MinValue = 0;
    public const byte MaxValue = 255;

    private readonly byte m_value;

    public bool Equals(byte obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is byte other && m_value == other;

    public int CompareTo(byte value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => m_value;

    public override string ToString() => Number.Format((ulong)m_value);

    public string ToString(string? format) => Number.Format((ulong)m_value, m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((ulong)m_value, m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat((ulong)m_value, m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out byte result) => TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out byte result)
    {
        bool parsed = Number.TryParse(s, out ulong value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (byte)value : default;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out byte result)
    {
        bool parsed = Number.TryParse(utf8Text, out ulong value) && value is >= MinValue and <= MaxValue;
        result = parsed ? (byte)value : default;
        return parsed;
    }

    public static byte Parse(string s) => TryParse(s, out byte result) ? result : throw new FormatException();

    public static byte Parse(ReadOnlySpan<char> s) => TryParse(s, out byte result) ? result : throw new FormatException();
}
