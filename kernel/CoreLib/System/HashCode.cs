using System.Collections.Generic;
using System.Numerics;

namespace System;

/// <summary>Mixes hash codes into one. The mix is our own, and the same in every run.</summary>
public struct HashCode
{
    private const uint Prime = 0x9e37_79b1;

    private uint _state;

    public void Add<T>(T value) => _state = Mix(_state, value is null ? 0 : (uint)EqualityComparer<T>.Default.GetHashCode(value));

    public readonly int ToHashCode() => (int)Finish(_state);

    public static int Combine<T1>(T1 value1)
    {
        HashCode hash = default;
        hash.Add(value1);
        return hash.ToHashCode();
    }

    public static int Combine<T1, T2>(T1 value1, T2 value2)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        return hash.ToHashCode();
    }

    public static int Combine<T1, T2, T3>(T1 value1, T2 value2, T3 value3)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        hash.Add(value3);
        return hash.ToHashCode();
    }

    public static int Combine<T1, T2, T3, T4>(T1 value1, T2 value2, T3 value3, T4 value4)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        hash.Add(value3);
        hash.Add(value4);
        return hash.ToHashCode();
    }

    public static int Combine<T1, T2, T3, T4, T5>(T1 value1, T2 value2, T3 value3, T4 value4, T5 value5) =>
        Combine(Combine(value1, value2, value3, value4), value5);

    public static int Combine<T1, T2, T3, T4, T5, T6>(T1 value1, T2 value2, T3 value3, T4 value4, T5 value5, T6 value6) =>
        Combine(Combine(value1, value2, value3, value4), value5, value6);

    public static int Combine<T1, T2, T3, T4, T5, T6, T7>(T1 value1, T2 value2, T3 value3, T4 value4, T5 value5, T6 value6, T7 value7) =>
        Combine(Combine(value1, value2, value3, value4), value5, value6, value7);

    private static uint Mix(uint state, uint value) => BitOperations.RotateLeft(state ^ (value * Prime), 13) * 5 + 0xe654_6b64;

    private static uint Finish(uint state)
    {
        state ^= state >> 16;
        state *= Prime;
        return state ^ (state >> 15);
    }
}
