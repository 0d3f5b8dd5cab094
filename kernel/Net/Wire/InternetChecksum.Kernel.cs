using System.Runtime;
using System.Runtime.CompilerServices;

namespace Guest.Net.Wire;

/// <summary>Long sums in assembly, which alone has the carry.</summary>
public static unsafe partial class InternetChecksum
{
    /// <summary>Adds blocks of <see cref="BlockSize"/> bytes, at least one.</summary>
    /// <returns>The sum, modulo 2^64 - 1.</returns>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "net_sum_blocks")]
    private static extern ulong AddBlocks(byte* at, long blocks, ulong sum);
}
