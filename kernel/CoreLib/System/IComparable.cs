namespace System;

/// <summary>Has an order among <typeparamref name="T"/>: negative, zero or positive.</summary>
public interface IComparable<in T>
{
    int CompareTo(T? other);
}
