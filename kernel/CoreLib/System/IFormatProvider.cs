namespace System;

/// <summary>Accepted where the BCL's signatures have it, and never asked: there is one culture.</summary>
public interface IFormatProvider
{
    object? GetFormat(Type? formatType);
}
