using System.Collections;
using System.Collections.Generic;

namespace System;

/// <summary>What every <c>T[]</c> implements: ilc gives array types this class's interfaces, and calls its methods on the arrays.</summary>
internal sealed class Array<T> : Array, IList<T>, IReadOnlyList<T>
{
    private Array()
    {
    }

    public int Count => Length;

    public bool IsReadOnly => true;

    public T this[int index]
    {
        get => This[index];
        set => This[index] = value;
    }

    private T[] This => System.Runtime.CompilerServices.Unsafe.As<T[]>(this);

    public int IndexOf(T item) => IndexOf(This, item);

    public bool Contains(T item) => IndexOf(This, item) >= 0;

    public void CopyTo(T[] array, int arrayIndex) => Copy(this, 0, array, arrayIndex, Length);

    public IEnumerator<T> GetEnumerator() => new ArrayEnumerator<T>(This);

    IEnumerator IEnumerable.GetEnumerator() => new ArrayEnumerator<T>(This);

    public void Add(T item) => ThrowFixedSize();

    public void Clear() => ThrowFixedSize();

    public void Insert(int index, T item) => ThrowFixedSize();

    public void RemoveAt(int index) => ThrowFixedSize();

    public bool Remove(T item)
    {
        ThrowFixedSize();
        return false;
    }

    private static void ThrowFixedSize() => throw new NotSupportedException("Collection was of a fixed size.");
}
