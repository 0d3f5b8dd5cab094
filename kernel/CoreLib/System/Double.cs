using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>A binary floating-point number (IEEE 754). There is no formatting and no parsing of it here.</summary>
public readonly struct Double : IEquatable<double>, IComparable<double>
{
    public const double NaN = (double)0.0 / (double)0.0;
    public const double PositiveInfinity = (double)1.0 / (double)0.0;
    public const double NegativeInfinity = (double)-1.0 / (double)0.0;

    private readonly double m_value;

    public static bool IsNaN(double value) => !(value >= 0 || value < 0);

    public bool Equals(double obj) => m_value == obj || (IsNaN(m_value) && IsNaN(obj));

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is double other && Equals(other);

    public int CompareTo(double value) => m_value < value ? -1 : m_value > value ? 1 : m_value == value ? 0 : IsNaN(m_value) ? (IsNaN(value) ? 0 : -1) : 1;

    public override int GetHashCode() => BitConverter.DoubleToInt64Bits(m_value).GetHashCode();
}
