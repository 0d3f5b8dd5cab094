using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices;

/// <summary>The descriptors that a chip receives into, kept full of buffers: of those that were sent, and of those that the pool has.</summary>
/// <typeparam name="TLayout">What a descriptor looks like that is lent.</typeparam>
public sealed class ReceiveRing<TLayout> : DescriptorRing
    where TLayout : struct, IReceiveLayout
{
    private const int MostBatch = 32;

    private PacketPool _pool;
    private readonly int _batch;
    private uint _counted;

    /// <summary>Makes a ring that holds at most half of a pool.</summary>
    /// <param name="pool">Where buffers come from.</param>
    /// <param name="most">The most descriptors that the chip has, a power of two of at most 256.</param>
    public ReceiveRing(PacketPool pool, int most)
        : base(CountFor(pool, most))
    {
        _pool = pool;
        _batch = Math.Min(MostBatch, Count / 2);
    }

    /// <summary>Goes by another pool of the same size, while the ring is empty.</summary>
    public void UsePool(PacketPool pool) => _pool = pool;

    /// <summary>How many of those that are out the chip had been given at the last <see cref="Fill"/>: for one that a register tells, all
    /// that it may have used.</summary>
    public int Shown
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(_counted - Head);
    }

    /// <summary>Whether it is time to <see cref="Fill"/>: a batch of descriptors is without a buffer, or with one since the last time.</summary>
    public bool IsDue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)Mask - Shown >= _batch;
    }

    /// <summary>Gives a frame that was sent back: its buffer to a descriptor that is without one, so that an echo's buffers never see the
    /// pool, or else to the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Recycle(PacketBuffer sent)
    {
        if (Free == 0 || sent.Next is not null || !sent.IsFrom(_pool))
        {
            sent.Release();
            return;
        }

        sent.Offset = PacketBuffer.Headroom;
        sent.ChecksumStart = 0;
        LendEmpty(sent);
    }

    /// <summary>Lends a buffer of the pool for each descriptor that is without one, as far as the pool goes, and counts all that were lent
    /// since the last time.</summary>
    /// <returns>Whether there were any: a chip that wants to be told is told now.</returns>
    public bool Fill(PathCounters counters)
    {
        while (Free != 0 && _pool.TryTake() is { } buffer)
            LendEmpty(buffer);
        uint lent = Tail - _counted;
        _counted = Tail;
        counters.Count(PathEvent.Descriptor, lent);
        return lent != 0;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _counted = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LendEmpty(PacketBuffer buffer)
    {
        bool isLast = (Tail & Mask) == Mask;
        TLayout.Lend(ref Lend(buffer), buffer.DeviceAddress + PacketBuffer.Headroom, isLast);
    }
}
