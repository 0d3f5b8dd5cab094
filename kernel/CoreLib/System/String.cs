using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Text: UTF-16, unchanging, with a zero behind it. Comparisons are ordinal; case is known for ASCII only.</summary>
public sealed unsafe partial class String : IEnumerable<char>, IEquatable<string>, IComparable<string>
{
    public static readonly string Empty = "";

    // Their names and order are ilc's: literals lie in the image in this form.
    private readonly int _stringLength;
    private char _firstChar;

    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
                ThrowHelper.IndexOutOfRange();
            return Unsafe.Add(ref _firstChar, index);
        }
    }

    public static bool IsNullOrEmpty([NotNullWhen(false)] string? value) => value is null || value.Length == 0;

    public static bool IsNullOrWhiteSpace([NotNullWhen(false)] string? value) => value is null || value.AsSpan().Trim().Length == 0;

    public ref readonly char GetPinnableReference() => ref _firstChar;

    internal ref char FirstChar => ref _firstChar;

    public static bool Equals(string? a, string? b) =>
        (object?)a == b || (a is not null && b is not null && a._stringLength == b._stringLength && SameCharacters(a, b));

    public bool Equals(string? value) => Equals(this, value);

    public bool Equals(string? value, StringComparison comparison) => Equals(this, value, comparison);

    public static bool Equals(string? a, string? b, StringComparison comparison) =>
        (object?)a == b || (a is not null && b is not null && a.AsSpan().Equals(b, comparison));

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is string other && Equals(this, other);

    public static bool operator ==(string? a, string? b) => Equals(a, b);

    public static bool operator !=(string? a, string? b) => !Equals(a, b);

    /// <summary>FNV-1a over the UTF-16 units; the same in every run.</summary>
    public override int GetHashCode()
    {
        uint hash = 2166136261;
        foreach (char c in AsReadOnlySpan())
            hash = (hash ^ c) * 16777619;
        return (int)hash;
    }

    public override string ToString() => this;

    public int CompareTo(string? strB) => strB is null ? 1 : AsReadOnlySpan().SequenceCompareTo(strB.AsSpan());

    public static int CompareOrdinal(string? strA, string? strB) => strA is null ? (strB is null ? 0 : -1) : strA.CompareTo(strB);

    public static int Compare(string? strA, string? strB, StringComparison comparisonType) =>
        comparisonType == StringComparison.Ordinal || strA is null || strB is null
            ? CompareOrdinal(strA, strB)
            : CompareOrdinal(strA.ToLowerInvariant(), strB.ToLowerInvariant());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator ReadOnlySpan<char>(string? value) => value is null ? default : value.AsReadOnlySpan();

    public CharEnumerator GetEnumerator() => new(this);

    IEnumerator<char> IEnumerable<char>.GetEnumerator() => new CharEnumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new CharEnumerator(this);

    private ReadOnlySpan<char> AsReadOnlySpan() => new(ref _firstChar, _stringLength);

    private static bool SameCharacters(string a, string b) => SpanHelpers.SequenceEqual(
        ref Unsafe.As<char, byte>(ref a._firstChar), ref Unsafe.As<char, byte>(ref b._firstChar), (nuint)(uint)a._stringLength * 2);
}
