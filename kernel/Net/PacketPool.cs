using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Net;

/// <summary>A fixed set of packet buffers, made once; taking and returning one is a push or pop of its index.</summary>
/// <remarks>The buffer returned last is taken next: it is likeliest to be in the cache. One processor at a time may use a pool.</remarks>
public sealed unsafe class PacketPool
{
    private readonly PacketBuffer[] _all;
    private readonly int[] _free;
    private int _available;

    /// <summary>Makes <paramref name="count"/> buffers of one page each.</summary>
    public PacketPool(int count)
    {
        _all = new PacketBuffer[count];
        _free = new int[count];
        for (int i = 0; i < count; i++)
        {
            _all[i] = new PacketBuffer(this, i, DeviceMemory.AllocatePages(1));
            _free[i] = count - 1 - i;
        }

        _available = count;
    }

    /// <summary>The number of buffers there are.</summary>
    public int Count => _all.Length;

    /// <summary>The number of buffers in the pool now.</summary>
    public int Available => _available;

    /// <summary>The buffer of an index, wherever it is now.</summary>
    public PacketBuffer this[int index] => _all[index];

    /// <summary>Takes a buffer that is empty at <see cref="PacketBuffer.Headroom"/>, or null if all are in use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBuffer? TryTake()
    {
        int last = _available - 1;
        if (last < 0)
            return null;
        _available = last;
        PacketBuffer buffer = _all[_free[last]];
        buffer.Offset = PacketBuffer.Headroom;
        buffer.Length = 0;
        buffer.ChecksumStart = 0;
        buffer.ChecksumVerified = false;
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(PacketBuffer buffer)
    {
        // A buffer that is returned twice comes to no good: at the latest here, where the array ends.
        _free[_available++] = buffer.Index;
        if (buffer.Next is not null)
            ReturnRest(buffer);
    }

    private void ReturnRest(PacketBuffer first)
    {
        PacketBuffer? rest = first.Next;
        first.Next = null;
        while (rest is not null)
        {
            PacketBuffer? next = rest.Next;
            rest.Next = null;
            _free[_available++] = rest.Index;
            rest = next;
        }
    }
}
