using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Internal.Runtime;

namespace System;

/// <summary>The base of all arrays. Arrays with one dimension are supported; those with several are not.</summary>
public abstract unsafe class Array : ICloneable, IEnumerable
{
    private int _numComponents;

    public int Length
    {
        [Intrinsic]
        get => _numComponents;
    }

    public long LongLength => _numComponents;

    public int Rank => 1;

    public static int MaxLength => 0x7fff_ffc7;

    public static T[] Empty<T>() => EmptyArray<T>.Value;

    public static void Clear(Array array) =>
        SpanHelpers.ClearWithoutReferences(ref MemoryMarshal.GetArrayDataReference(array), (nuint)(uint)array.Length * array.TypeTable->ComponentSize);

    public static void Clear(Array array, int index, int length)
    {
        if ((ulong)(uint)index + (uint)length > (uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        nuint size = array.TypeTable->ComponentSize;
        SpanHelpers.ClearWithoutReferences(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)((nuint)(uint)index * size)),
            (nuint)(uint)length * size);
    }

    public static void Copy(Array sourceArray, Array destinationArray, int length) => Copy(sourceArray, 0, destinationArray, 0, length);

    /// <summary>Copies between arrays of one element type.</summary>
    public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)
    {
        if (sourceArray.TypeTable != destinationArray.TypeTable)
            ThrowHelper.ArrayTypeMismatch();
        if ((ulong)(uint)sourceIndex + (uint)length > (uint)sourceArray.Length
            || (ulong)(uint)destinationIndex + (uint)length > (uint)destinationArray.Length)
            ThrowHelper.ArgumentOutOfRange();
        nuint size = sourceArray.TypeTable->ComponentSize;
        SpanHelpers.Memmove(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(destinationArray), (nint)((nuint)(uint)destinationIndex * size)),
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(sourceArray), (nint)((nuint)(uint)sourceIndex * size)),
            (nuint)(uint)length * size);
    }

    public static void Fill<T>(T[] array, T value)
    {
        for (int i = 0; i < array.Length; i++)
            array[i] = value;
    }

    public static int IndexOf<T>(T[] array, T value)
    {
        for (int i = 0; i < array.Length; i++)
        {
            if (EqualityComparer<T>.Default.Equals(array[i], value))
                return i;
        }

        return -1;
    }

    public static void Resize<T>([NotNull] ref T[]? array, int newSize)
    {
        T[] resized = new T[newSize];
        if (array is not null)
            array.AsSpan(0, array.Length < newSize ? array.Length : newSize).CopyTo(resized);
        array = resized;
    }

    public static void Reverse<T>(T[] array) => array.AsSpan().Reverse();

    public void CopyTo(Array array, int index) => Copy(this, 0, array, index, Length);

    public object Clone()
    {
        Array copy = (Array)System.Runtime.RuntimeExports.RhNewArray(TypeTable, Length);
        Copy(this, copy, Length);
        return copy;
    }

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException("An array is walked by foreach over its own type.");

    private static class EmptyArray<T>
    {
        public static readonly T[] Value = new T[0];
    }
}
