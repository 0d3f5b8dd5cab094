using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A UTF-16 code unit. The tests and conversions know ASCII only; above it, nothing is a letter.</summary>
public readonly struct Char : IEquatable<char>, IComparable<char>
{
    public const char MinValue = '\0';
    public const char MaxValue = '\uffff';

    private readonly char m_value;

    public bool Equals(char obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is char other && m_value == other;

    public int CompareTo(char value) => m_value - value;

    public override int GetHashCode() => m_value;

    public override string ToString() => new(m_value, 1);

    public static bool IsAscii(char c) => c < 128;

    public static bool IsAsciiDigit(char c) => IsBetween(c, '0', '9');

    public static bool IsAsciiLetter(char c) => IsBetween((char)(c | 0x20), 'a', 'z');

    public static bool IsAsciiLetterLower(char c) => IsBetween(c, 'a', 'z');

    public static bool IsAsciiLetterUpper(char c) => IsBetween(c, 'A', 'Z');

    public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);

    public static bool IsAsciiHexDigit(char c) => IsAsciiDigit(c) || IsBetween((char)(c | 0x20), 'a', 'f');

    public static bool IsBetween(char c, char minInclusive, char maxInclusive) => (uint)(c - minInclusive) <= (uint)(maxInclusive - minInclusive);

    public static bool IsDigit(char c) => IsAsciiDigit(c);

    public static bool IsLetter(char c) => IsAsciiLetter(c);

    public static bool IsLetterOrDigit(char c) => IsAsciiLetterOrDigit(c);

    public static bool IsLower(char c) => IsAsciiLetterLower(c);

    public static bool IsUpper(char c) => IsAsciiLetterUpper(c);

    public static bool IsWhiteSpace(char c) => c is ' ' or (>= '\t' and <= '\r') or '\u0085' or '\u00a0';

    public static bool IsControl(char c) => c < ' ' || IsBetween(c, '\u007f', '\u009f');

    public static bool IsSurrogate(char c) => IsBetween(c, '\ud800', '\udfff');

    public static char ToLowerInvariant(char c) => IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;

    public static char ToUpperInvariant(char c) => IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c;

    public static char ToLower(char c) => ToLowerInvariant(c);

    public static char ToUpper(char c) => ToUpperInvariant(c);
}
