using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>An unsigned number of 64 bits.</summary>
public readonly struct UInt64 : IEquatable<ulong>, IComparable<ulong>, ISpanFormattable, IUtf8SpanFormattable
{
    public const ulong MinValue = 0;
    public const ulong MaxValue = 18446744073709551615;

    private readonly ulong m_value;

    public bool Equals(ulong obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ulong other && m_value == other;

    public int CompareTo(ulong value) => m_value < value ? -1 : m_value > value ? 1 : 0;

    public override int GetHashCode() => (int)m_value ^ (int)(m_value >> 32);

    public override string ToString() => Number.Format(m_value);

    public string ToString(string? format) => Number.Format(m_value, m_value, format);

    public string ToString(string? format, IFormatProvider? provider) => ToString(format);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(m_value, m_value, destination, out charsWritten, format);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(m_value, m_value, utf8Destination, out bytesWritten, format);

    public static bool TryParse([NotNullWhen(true)] string? s, out ulong result) => Number.TryParse(s.AsSpan(), out result);

    public static bool TryParse(ReadOnlySpan<char> s, out ulong result) => Number.TryParse(s, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out ulong result) => Number.TryParse(utf8Text, out result);

    public static ulong Parse(string s) => TryParse(s, out ulong result) ? result : throw new FormatException();

    public static ulong Parse(ReadOnlySpan<char> s) => TryParse(s, out ulong result) ? result : throw new FormatException();
}
