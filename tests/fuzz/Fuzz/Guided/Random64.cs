using System;

namespace Guest.Fuzz;

/// <summary>A small generator whose sequence follows from its seed alone, on every machine (SplitMix64, Steele, Lea and Flood, 2014).</summary>
internal struct Random64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A seed of its own for the part of a whole that has a number.</summary>
    public static ulong Mix(ulong seed, ulong part) => new Random64(seed ^ (part * 0xd6e8_feb8_6659_fd93)).Next();

    public ulong Next()
    {
        _state += 0x9e37_79b9_7f4a_7c15;
        ulong value = (_state ^ (_state >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }

    /// <summary>A number from 0 to below <paramref name="end"/>, which is positive.</summary>
    public int Below(int end) => (int)(((Next() >> 32) * (ulong)end) >> 32);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True in so many of a hundred.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
