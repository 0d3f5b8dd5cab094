using System.Collections;
using System.Collections.Generic;

namespace System;

/// <summary>A walk over an array by way of an interface; <c>foreach</c> over the array itself needs none.</summary>
internal sealed class ArrayEnumerator<T>(T[] array) : IEnumerator<T>
{
    private int _index = -1;

    public T Current => array[_index];

    object? IEnumerator.Current => array[_index];

    public bool MoveNext() => ++_index < array.Length;

    public void Reset() => _index = -1;

    public void Dispose()
    {
    }
}
