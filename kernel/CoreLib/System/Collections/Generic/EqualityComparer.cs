using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>The usual equality of a type. ilc chooses the implementation when it compiles: the body of <c>Create</c> is its own, and where
/// the type is known a call of <c>Default.Equals</c> becomes a direct one.</summary>
public abstract class EqualityComparer<T> : IEqualityComparer<T>
{
    public static EqualityComparer<T> Default { [Intrinsic] get; } = Create();

    public abstract bool Equals(T? x, T? y);

    public abstract int GetHashCode(T obj);

    [Intrinsic]
    private static EqualityComparer<T> Create() => new ObjectEqualityComparer<T>();
}
