using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>An unsigned number as wide as an address: 64 bits.</summary>
public readonly unsafe struct UIntPtr : IEquatable<nuint>, IComparable<nuint>
{
    public static readonly nuint Zero;

    private readonly void* _value;

    public UIntPtr(ulong value) => _value = (void*)value;

    public UIntPtr(void* value) => _value = value;

    public static int Size => sizeof(nuint);

    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    public static nuint MinValue => unchecked((nuint)ulong.MinValue);

    public bool Equals(nuint other) => (nuint)_value == other;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is nuint other && Equals(other);

    public int CompareTo(nuint value) => (nuint)_value < value ? -1 : (nuint)_value > value ? 1 : 0;

    public override int GetHashCode() => ((ulong)_value).GetHashCode();

    public override string ToString() => ((ulong)_value).ToString();

    public void* ToPointer() => _value;

    public static explicit operator UIntPtr(ulong value) => new(value);

    public static explicit operator UIntPtr(void* value) => new(value);

    public static explicit operator void*(UIntPtr value) => value._value;

    public static explicit operator ulong(UIntPtr value) => (ulong)value._value;

    public static bool operator ==(UIntPtr left, UIntPtr right) => left._value == right._value;

    public static bool operator !=(UIntPtr left, UIntPtr right) => left._value != right._value;
}
