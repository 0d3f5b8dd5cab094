using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>True or false.</summary>
public readonly struct Boolean : IEquatable<bool>, IComparable<bool>
{
    public static readonly string TrueString = "True";
    public static readonly string FalseString = "False";

    private readonly bool m_value;

    public bool Equals(bool obj) => m_value == obj;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is bool other && m_value == other;

    public int CompareTo(bool value) => m_value == value ? 0 : m_value ? 1 : -1;

    public override int GetHashCode() => m_value ? 1 : 0;

    public override string ToString() => m_value ? "True" : "False";
}
