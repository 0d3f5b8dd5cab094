using System.Numerics;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Net.Devices;

/// <summary>A ring of descriptors that a chip reads and writes, and the packet buffers that lie behind them.</summary>
/// <remarks>
/// <para>It moves positions and nothing else: what a descriptor's bits mean, and how the chip learns of new ones, is the driver's
/// business. Positions run freely and wrap at 2^32; the slot of one is its low bits. The driver lends at <see cref="Tail"/> and takes back
/// at <see cref="Head"/>, in order, so <c>Tail - Head</c> are out. One slot always stays empty, because chips that compare
/// a head register with a tail register take equal for empty.</para>
/// <para>The chip's stores may arrive at any time: read what it writes once, with <see cref="System.Threading.Volatile"/>.</para>
/// </remarks>
public sealed unsafe class DescriptorRing
{
    private readonly Descriptor* _descriptors;
    private readonly PacketBuffer?[] _buffers;

    /// <summary>Makes a ring of <paramref name="count"/> descriptors, a power of two of at most 256, zeroed and on a page of its own.</summary>
    public DescriptorRing(int count)
    {
        Count = count;
        Mask = (uint)count - 1;
        _descriptors = (Descriptor*)DeviceMemory.AllocatePages(1);
        _buffers = new PacketBuffer?[count];
        DeviceAddress = DeviceMemory.AddressOf(_descriptors);
    }

    /// <summary>The number of descriptors.</summary>
    public int Count { get; }

    /// <summary>What turns a position into a slot.</summary>
    public uint Mask { get; }

    /// <summary>The chip's address of slot 0.</summary>
    public ulong DeviceAddress { get; }

    /// <summary>The position of the oldest descriptor that is out.</summary>
    public uint Head { get; private set; }

    /// <summary>The position that is filled next.</summary>
    public uint Tail { get; private set; }

    /// <summary>How many are out.</summary>
    public int InUse => (int)(Tail - Head);

    /// <summary>How many more may be lent.</summary>
    public int Free => Count - 1 - InUse;

    /// <summary>How long a receive ring may be so that it holds at most half of a pool: a power of two, 8 to 256.</summary>
    public static int CountFor(PacketPool pool) =>
        pool.Count < 32 ? 8 : pool.Count >= 512 ? 256 : 1 << (BitOperations.Log2((uint)pool.Count) - 1);

    /// <summary>The descriptor at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Descriptor At(uint position) => ref _descriptors[position & Mask];

    /// <summary>Notes that the descriptor at <see cref="Tail"/> is filled, with the buffer that is to come back when it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lend(PacketBuffer? buffer)
    {
        _buffers[(int)(Tail & Mask)] = buffer;
        Tail++;
    }

    /// <summary>Takes back the buffer at <see cref="Head"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBuffer? TakeBack()
    {
        int slot = (int)(Head & Mask);
        PacketBuffer? buffer = _buffers[slot];
        _buffers[slot] = null;
        Head++;
        return buffer;
    }

    /// <summary>Releases what is out and begins anew at position 0. Only while the chip is stopped.</summary>
    public void Reset()
    {
        while (InUse != 0)
            TakeBack()?.Release();
        Head = 0;
        Tail = 0;
        for (int i = 0; i < Count; i++)
            _descriptors[i] = default;
    }
}
