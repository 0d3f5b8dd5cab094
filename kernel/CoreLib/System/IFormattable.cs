namespace System;

/// <summary>Has text in several formats.</summary>
public interface IFormattable
{
    string ToString(string? format, IFormatProvider? formatProvider);
}
