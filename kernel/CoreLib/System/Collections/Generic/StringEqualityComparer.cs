namespace System.Collections.Generic;

/// <summary>Equality of strings, by their characters.</summary>
public sealed class StringEqualityComparer : EqualityComparer<string>
{
    public override bool Equals(string? x, string? y) => string.Equals(x, y);

    public override int GetHashCode(string obj) => obj is null ? 0 : obj.GetHashCode();
}
