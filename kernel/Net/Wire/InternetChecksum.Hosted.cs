namespace Guest.Net.Wire;

/// <summary>Long sums, where the processor's carry is out of reach.</summary>
public static unsafe partial class InternetChecksum
{
    private static ulong AddBlocks(byte* at, long blocks, ulong sum)
    {
        for (ulong* words = (ulong*)at, end = words + (blocks * (BlockSize / sizeof(ulong))); words < end; words++)
        {
            sum += *words;
            if (sum < *words)
                sum++;
        }

        return sum;
    }
}
