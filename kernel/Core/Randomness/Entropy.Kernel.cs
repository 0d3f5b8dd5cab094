using System;
using System.Runtime.InteropServices;
using Guest.Core.Cpu;

namespace Guest.Core.Randomness;

/// <summary>What nobody else knows of this machine, for a <see cref="RandomGenerator"/> to begin with.</summary>
public static class Entropy
{
    private const uint RdRandFeature = 1 << 30;
    private const int HardwareNumbers = 4; // as long as a key

    /// <summary>How often an instruction that has no number yet is asked (Intel SDM vol. 1, 7.3.17.1).</summary>
    private const int Tries = 10;

    /// <summary>How many readings of the time-stamp counter are mixed in: between two of them lies what the host did meanwhile.</summary>
    private const int CounterReadings = 8;

    /// <summary>Seeds a generator from the processor's own where there is one (RDRAND), and from counters of time in any case.</summary>
    /// <returns>Whether RDRAND gave numbers: else others may guess the seed who know when the machine was started.</returns>
    public static bool Seed(RandomGenerator random, Platform platform)
    {
        Span<ulong> numbers = stackalloc ulong[CounterReadings + HardwareNumbers + 2];
        numbers[0] = (ulong)platform.UtcNanosecondsAtZero;
        numbers[1] = (ulong)platform.Now.Nanoseconds;
        for (int i = 0; i < CounterReadings; i++)
            numbers[2 + i] = X86.ReadTsc();
        Span<ulong> hardware = numbers[(2 + CounterReadings)..];
        bool found = TryReadHardware(hardware);
        random.Mix(MemoryMarshal.AsBytes(numbers));
        numbers.Clear();
        return found;
    }

    private static unsafe bool TryReadHardware(Span<ulong> numbers)
    {
        numbers.Clear();
        if ((X86.CpuId(1).Ecx & RdRandFeature) == 0)
            return false;
        bool differ = false;
        for (int i = 0; i < numbers.Length; i++)
        {
            ulong number;
            int tries = Tries;
            while (!X86.TryReadRandom(&number))
            {
                if (--tries == 0)
                    return false;
            }

            // Some processors' generators give the same number for ever.
            differ |= i != 0 && number != numbers[i - 1];
            numbers[i] = number;
        }

        return differ;
    }
}
