using System;
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
public unsafe class DescriptorRing
{
    private readonly Descriptor* _descriptors = (Descriptor*)DeviceMemory.AllocatePages(1);
    private readonly PacketBuffer?[] _buffers;
    private readonly uint _mask;
    private uint _head;
    private uint _tail;

    /// <summary>Makes a ring of <paramref name="count"/> descriptors, a power of two of at most 256, zeroed and on a page of its own.</summary>
    public DescriptorRing(int count)
    {
        _mask = (uint)count - 1;
        _buffers = new PacketBuffer?[count];
        DeviceAddress = DeviceMemory.AddressOf(_descriptors);
    }

    /// <summary>The number of descriptors.</summary>
    public int Count => (int)_mask + 1;

    /// <summary>What turns a position into a slot; also the most descriptors that can be out.</summary>
    public uint Mask => _mask;

    /// <summary>The chip's address of slot 0.</summary>
    public ulong DeviceAddress { get; }

    /// <summary>The position of the oldest descriptor that is out.</summary>
    public uint Head => _head;

    /// <summary>The position that is filled next.</summary>
    public uint Tail => _tail;

    /// <summary>How many are out.</summary>
    public int InUse => (int)(_tail - _head);

    /// <summary>How many more may be lent.</summary>
    public int Free => (int)(_mask - (_tail - _head));

    /// <summary>How long a receive ring may be so that it holds at most half of a pool: a power of two, 8 or more, up to
    /// <paramref name="most"/>.</summary>
    public static int CountFor(PacketPool pool, int most) =>
        Math.Min(most, pool.Count < 32 ? 8 : 1 << (BitOperations.Log2((uint)pool.Count) - 1));

    /// <summary>The descriptor at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Descriptor At(uint position) => ref _descriptors[position & _mask];

    /// <summary>Takes the descriptor at <see cref="Tail"/> into use, with the buffer that is to come back when it is done. The caller fills
    /// it; the chip must not see it before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Descriptor Lend(PacketBuffer? buffer)
    {
        uint slot = _tail & _mask;
        _tail++;
        _buffers[slot] = buffer;
        return ref _descriptors[slot];
    }

    /// <summary>Takes back the buffer at <see cref="Head"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBuffer? TakeBack()
    {
        uint slot = _head & _mask;
        _head++;
        return _buffers[slot];
    }

    /// <summary>Releases what is out and begins anew at position 0. Only while the chip is stopped.</summary>
    public virtual void Reset()
    {
        while (InUse != 0)
            TakeBack()?.Release();
        _head = 0;
        _tail = 0;
        for (uint i = 0; i <= _mask; i++)
            _descriptors[i] = default;
    }
}
