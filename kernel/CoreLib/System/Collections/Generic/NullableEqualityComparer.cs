namespace System.Collections.Generic;

/// <summary>Equality of nullable values.</summary>
public sealed class NullableEqualityComparer<T> : EqualityComparer<T?>
    where T : struct, IEquatable<T>
{
    public override bool Equals(T? x, T? y) =>
        x.HasValue ? y.HasValue && x.GetValueOrDefault().Equals(y.GetValueOrDefault()) : !y.HasValue;

    public override int GetHashCode(T? obj) => obj.GetHashCode();
}
