namespace System.Collections.Generic;

/// <summary>Can be walked, counted and indexed.</summary>
public interface IReadOnlyList<out T> : IReadOnlyCollection<T>
{
    T this[int index] { get; }
}
