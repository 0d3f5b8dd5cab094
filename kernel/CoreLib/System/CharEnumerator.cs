using System.Collections;
using System.Collections.Generic;

namespace System;

/// <summary>A walk over a string by way of an interface; <c>foreach</c> over a string needs none.</summary>
public sealed class CharEnumerator : IEnumerator<char>
{
    private readonly string _text;
    private int _index = -1;

    internal CharEnumerator(string text) => _text = text;

    public char Current => _text[_index];

    object? IEnumerator.Current => _text[_index];

    public bool MoveNext() => ++_index < _text.Length;

    public void Reset() => _index = -1;

    public void Dispose()
    {
    }
}
