using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Fuzz.Rings;

/// <summary>Words of memory that a driver shares with its far side: of two reads, one may give what is not there, as if the word had been written over for a
/// moment. The models read their memory by themselves, and see what is there.</summary>
internal static unsafe class SharedWords
{
    private static Random64 s_random;

    /// <summary>Of a thousand reads so many give something else.</summary>
    public static int Noise { get; private set; }

    /// <summary>Whether any read lied since the episode began.</summary>
    public static bool HaveLied { get; private set; }

    /// <summary>Begins an episode: every word is as it stands.</summary>
    public static void Begin(ulong seed)
    {
        s_random = new Random64(seed);
        Noise = 0;
        HaveLied = false;
    }

    /// <summary>Has so many of a thousand reads lie from now on.</summary>
    public static void Lie(int noise) => Noise = noise;

    /// <summary>What a driver reads in a place.</summary>
    public static ulong Read(ref readonly byte location, ulong value)
    {
        if (Noise == 0 || s_random.Below(1000) >= Noise || !DeviceMemory.Contains(Unsafe.AsPointer(ref Unsafe.AsRef(in location))))
            return value;
        HaveLied = true;
        return s_random.Below(4) switch
        {
            0 => ulong.MaxValue,
            1 => value + (ulong)s_random.Below(5) - 2,
            2 => value ^ (1ul << s_random.Below(16)),
            _ => s_random.Next(),
        };
    }
}
