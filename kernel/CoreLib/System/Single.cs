using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A binary floating-point number (IEEE 754). There is no formatting and no parsing of it here.</summary>
public readonly struct Single : IEquatable<float>, IComparable<float>
{
    public const float NaN = (float)0.0 / (float)0.0;
    public const float PositiveInfinity = (float)1.0 / (float)0.0;
    public const float NegativeInfinity = (float)-1.0 / (float)0.0;

    private readonly float m_value;

    public static bool IsNaN(float value) => !(value >= 0 || value < 0);

    public bool Equals(float obj) => m_value == obj || (IsNaN(m_value) && IsNaN(obj));

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is float other && Equals(other);

    public int CompareTo(float value) => m_value < value ? -1 : m_value > value ? 1 : m_value == value ? 0 : IsNaN(m_value) ? (IsNaN(value) ? 0 : -1) : 1;

    public override int GetHashCode() => BitConverter.SingleToInt32Bits(m_value).GetHashCode();
}
