namespace System.Collections.Generic;

/// <summary>Can be walked, counted, indexed and changed.</summary>
public interface IList<T> : ICollection<T>
{
    T this[int index] { get; set; }

    int IndexOf(T item);

    void Insert(int index, T item);

    void RemoveAt(int index);
}
