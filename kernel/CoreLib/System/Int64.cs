using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A signed number of 64 bits.</summary>
public readonly struct Int64 : IEquatable<long>, IComparable<long>, ISpanFormattable, IUtf8SpanFormattable
{
    public const long MinValue = -9_223_372_036_854_775_808;
    public const long MaxValue = 9223372036854775807;

    private readonly long m_value;

    public bool Equals(long obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is long other && m_value == other;

    public int CompareTo(long value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => (int)m_value ^ (int)(m_value >> 32);

    public override string ToString() => Number.Format(m_value);

    public string ToString(string? format) => Number.Format(m_value, (ulong)m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(m_value, (ulong)m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(m_value, (ulong)m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out long result) => Number.TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out long result) => Number.TryParse(s, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out long result) => Number.TryParse(utf8Text, out result);

    public static long Parse(string s) => TryParse(s, out long result) ? result : throw new FormatException();

    public static long Parse(ReadOnlySpan<char> s) => TryParse(s, out long result) ? result : throw new FormatException();
}
