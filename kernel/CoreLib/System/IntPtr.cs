using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A signed number as wide as an address: 64 bits.</summary>
public readonly unsafe struct IntPtr : IEquatable<nint>, IComparable<nint>
{
    public static readonly nint Zero;

    private readonly void* _value;

    public IntPtr(long value) => _value = (void*)value;

    public IntPtr(void* value) => _value = value;

    public static int Size => sizeof(nint);

    public static nint MaxValue => unchecked((nint)long.MaxValue);

    public static nint MinValue => unchecked((nint)long.MinValue);

    public bool Equals(nint other) => (nint)_value == other;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is nint other && Equals(other);

    public int CompareTo(nint value) => (nint)_value < value ? -1 : (nint)_value > value ? 1 : 0;

    public override int GetHashCode() => ((long)_value).GetHashCode();

    public override string ToString() => ((long)_value).ToString();

    public void* ToPointer() => _value;

    public static explicit operator IntPtr(long value) => new(value);

    public static explicit operator IntPtr(void* value) => new(value);

    public static explicit operator void*(IntPtr value) => value._value;

    public static explicit operator long(IntPtr value) => (long)value._value;

    public static bool operator ==(IntPtr left, IntPtr right) => left._value == right._value;

    public static bool operator !=(IntPtr left, IntPtr right) => left._value != right._value;
}
