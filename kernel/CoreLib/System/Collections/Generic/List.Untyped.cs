namespace System.Collections.Generic;

/// <summary>The same for those who do not know what it holds.</summary>
public sealed partial class List<T> : IList
{
    bool IList.IsFixedSize => false;

    bool IList.IsReadOnly => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    object? IList.this[int index]
    {
        get => this[index];
        set => this[index] = (T)value!;
    }

    int IList.Add(object? value)
    {
        Add((T)value!);
        return _size - 1;
    }

    bool IList.Contains(object? value) => Holds(value) && Contains((T)value!);

    int IList.IndexOf(object? value) => Holds(value) ? IndexOf((T)value!) : -1;

    void IList.Insert(int index, object? value) => Insert(index, (T)value!);

    void IList.Remove(object? value)
    {
        if (Holds(value))
            Remove((T)value!);
    }

    void ICollection.CopyTo(Array array, int index) => CopyTo((T[])array, index);

    private static bool Holds(object? value) => value is T || (value is null && default(T) is null);
}
