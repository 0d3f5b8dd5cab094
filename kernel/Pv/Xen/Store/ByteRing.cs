using System;
using System.Threading;

namespace Guest.Pv.Xen;

/// <summary>One direction of a stream of bytes through shared memory, as the console and the store have it: a buffer whose length is a
/// power of two, and two counters that only grow.</summary>
/// <remarks>The pointers must stay valid for the ring's life. Both counters can be written by the other side: each operation reads the
/// foreign one once, and refuses what cannot be.</remarks>
public readonly unsafe struct ByteRing(byte* buffer, uint size, uint* consumer, uint* producer)
{
    /// <summary>What an operation returns when the counters contradict one another.</summary>
    public const int Corrupt = -1;

    /// <summary>Puts as many bytes as there is room for.</summary>
    /// <returns>How many, or <see cref="Corrupt"/>.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        uint at = Volatile.Read(ref *producer);
        uint used = at - Volatile.Read(ref *consumer);
        if (used > size)
            return Corrupt;
        int count = (int)Math.Min(size - used, (uint)bytes.Length);
        int first = (int)Math.Min(size - (at & (size - 1)), (uint)count);
        bytes[..first].CopyTo(new Span<byte>(buffer + (at & (size - 1)), first));
        bytes[first..count].CopyTo(new Span<byte>(buffer, count - first));
        Volatile.Write(ref *producer, at + (uint)count);
        return count;
    }

    /// <summary>Takes as many bytes as there are, up to the destination's length.</summary>
    /// <returns>How many, or <see cref="Corrupt"/>.</returns>
    public int Read(Span<byte> bytes)
    {
        uint at = Volatile.Read(ref *consumer);
        uint used = Volatile.Read(ref *producer) - at;
        if (used > size)
            return Corrupt;
        int count = (int)Math.Min(used, (uint)bytes.Length);
        int first = (int)Math.Min(size - (at & (size - 1)), (uint)count);
        new ReadOnlySpan<byte>(buffer + (at & (size - 1)), first).CopyTo(bytes);
        new ReadOnlySpan<byte>(buffer, count - first).CopyTo(bytes[first..]);
        Volatile.Write(ref *consumer, at + (uint)count);
        return count;
    }
}
