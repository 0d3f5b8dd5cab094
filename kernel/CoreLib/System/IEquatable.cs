namespace System;

/// <summary>Can tell whether it equals a <typeparamref name="T"/>.</summary>
public interface IEquatable<T>
{
    bool Equals(T? other);
}
