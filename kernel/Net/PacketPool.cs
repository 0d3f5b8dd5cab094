using Guest.Core.Memory;

namespace Guest.Net;

/// <summary>A fixed set of packet buffers, made once; taking and returning one is a push or pop on a list.</summary>
/// <remarks>One processor at a time may use a pool.</remarks>
public sealed unsafe class PacketPool
{
    private readonly PacketBuffer[] _all;
    private PacketBuffer? _free;

    /// <summary>Makes <paramref name="count"/> buffers of one page each.</summary>
    public PacketPool(int count)
    {
        _all = new PacketBuffer[count];
        for (int i = count - 1; i >= 0; i--)
        {
            PacketBuffer buffer = new(this, i, DeviceMemory.AllocatePages(1));
            _all[i] = buffer;
            buffer.Next = _free;
            _free = buffer;
        }

        Available = count;
    }

    /// <summary>The number of buffers there are.</summary>
    public int Count => _all.Length;

    /// <summary>The number of buffers in the pool now.</summary>
    public int Available { get; private set; }

    /// <summary>The buffer of an index, wherever it is now.</summary>
    public PacketBuffer this[int index] => _all[index];

    /// <summary>Takes a buffer that is empty at <see cref="PacketBuffer.Headroom"/>, or null if all are in use.</summary>
    public PacketBuffer? TryTake()
    {
        PacketBuffer? buffer = _free;
        if (buffer is null)
            return null;
        _free = buffer.Next;
        buffer.Next = null;
        buffer.Offset = PacketBuffer.Headroom;
        buffer.Length = 0;
        buffer.ChecksumStart = 0;
        buffer.ChecksumVerified = false;
        Available--;
        return buffer;
    }

    internal void Return(PacketBuffer buffer)
    {
        PacketBuffer? rest = buffer;
        while (rest is not null)
        {
            PacketBuffer? next = rest.Next;
            rest.Next = _free;
            _free = rest;
            Available++;
            rest = next;
        }
    }
}
