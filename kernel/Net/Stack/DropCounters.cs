using System.Runtime.CompilerServices;

namespace Guest.Net.Stack;

/// <summary>How many packets were dropped, by cause.</summary>
public sealed class DropCounters
{
    /// <summary>The number of causes.</summary>
    public const int Causes = (int)DropCause.RawQueueFull + 1;

    private readonly long[] _counts = new long[Causes];

    /// <summary>The count of one cause.</summary>
    public long this[DropCause cause] => _counts[(int)cause];

    /// <summary>All causes together.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            foreach (long count in _counts)
                total += count;
            return total;
        }
    }

    /// <summary>Counts one packet.</summary>
    public void Count(DropCause cause) => _counts[(int)cause]++;

    /// <summary>Counts several packets.</summary>
    internal void Count(DropCause cause, int packets) => _counts[(int)cause] += packets;

    /// <summary>Counts a packet and gives its buffers back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Drop(PacketBuffer buffer, DropCause cause)
    {
        _counts[(int)cause]++;
        buffer.Release();
    }
}
