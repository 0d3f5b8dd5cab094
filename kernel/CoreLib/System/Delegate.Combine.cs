using System.Diagnostics.CodeAnalysis;
using System.Runtime;

namespace System;

/// <remarks>A delegate to several methods keeps them in <c>_helperObject</c> as an array, their count in
/// <c>_extraFunctionPointerOrData</c>, and its function is ilc's multicast thunk, which walks both.</remarks>
public abstract partial class Delegate
{
    [return: NotNullIfNotNull(nameof(a))]
    [return: NotNullIfNotNull(nameof(b))]
    public static Delegate? Combine(Delegate? a, Delegate? b)
    {
        if (a is null || b is null)
            return a ?? b;
        int first = a.Count;
        int second = b.Count;
        Wrapper[] all = new Wrapper[first + second];
        for (int i = 0; i < first; i++)
            all[i].Value = a.At(i);
        for (int i = 0; i < second; i++)
            all[first + i].Value = b.At(i);
        return a.NewMulticast(all, all.Length);
    }

    /// <summary>Takes the last occurrence of <paramref name="value"/>, a delegate to one method, away.</summary>
    public static Delegate? Remove(Delegate? source, Delegate? value)
    {
        if (source is null || value is null)
            return source;
        int count = source.Count;
        for (int i = count - 1; i >= 0; i--)
        {
            if (!source.At(i).Equals(value))
                continue;
            if (count == 1)
                return null;
            if (count == 2)
                return source.At(1 - i);
            Wrapper[] rest = new Wrapper[count - 1];
            for (int from = 0, to = 0; from < count; from++)
            {
                if (from != i)
                    rest[to++].Value = source.At(from);
            }

            return source.NewMulticast(rest, rest.Length);
        }

        return source;
    }

    public override unsafe bool Equals(object? obj)
    {
        if (obj is not Delegate other || other.TypeTable != TypeTable || other.Count != Count)
            return false;
        if (Count > 1)
        {
            for (int i = 0; i < Count; i++)
            {
                if (!At(i).Equals(other.At(i)))
                    return false;
            }

            return true;
        }

        bool sameCode = _functionPointer == other._functionPointer && _extraFunctionPointerOrData == other._extraFunctionPointerOrData;
        bool sameTarget = _helperObject == other._helperObject
            && (_firstParameter == other._firstParameter
                || (ReferenceEquals(_firstParameter, this) && ReferenceEquals(other._firstParameter, other)));
        return sameCode && sameTarget;
    }

    public override int GetHashCode() => _functionPointer.GetHashCode() ^ _extraFunctionPointerOrData.GetHashCode();

    public static bool operator ==(Delegate? d1, Delegate? d2) => (object?)d1 == d2 || (d1 is not null && d2 is not null && d1.Equals(d2));

    public static bool operator !=(Delegate? d1, Delegate? d2) => !(d1 == d2);

    private int Count => _functionPointer == GetThunk(MulticastThunk) ? (int)_extraFunctionPointerOrData : 1;

    private Delegate At(int index) => _functionPointer == GetThunk(MulticastThunk) ? ((Wrapper[])_helperObject!)[index].Value : this;

    private unsafe Delegate NewMulticast(Wrapper[] list, int count)
    {
        Delegate result = (Delegate)RuntimeExports.RhNewObject(TypeTable);
        result._functionPointer = GetThunk(MulticastThunk);
        result._firstParameter = result;
        result._helperObject = list;
        result._extraFunctionPointerOrData = count;
        return result;
    }

    /// <summary>An element of the list: a struct, so that storing one needs no check of the array's type. ilc's thunk knows it.</summary>
    internal struct Wrapper
    {
        public Delegate Value;
    }
}
