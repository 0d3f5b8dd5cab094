using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Net;

/// <summary>A fixed set of packet buffers, made once; taking and returning one is a push or pop of its index.</summary>
/// <remarks>
/// The buffer returned last is taken next: it is likeliest to be in the cache. One processor at a time may use a pool. Hosted, the pool
/// knows who has each buffer, refuses one that comes back twice, and poisons what it holds: see PacketPool.Hosted.cs.
/// </remarks>
public sealed unsafe partial class PacketPool
{
    private readonly PacketBuffer[] _all;
    private readonly int[] _free;
    private int _available;
    private bool _warned;

    /// <summary>Makes <paramref name="count"/> buffers of one page each.</summary>
    public PacketPool(int count)
    {
        _all = new PacketBuffer[count];
        _free = new int[count];
        Span<PacketBuffer> all = _all;
        Span<int> free = _free;
        byte* pages = null;
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            if (left == 0)
                pages = TakePages(count - i, out left);
            Reference.Set(ref all[i]!, new PacketBuffer(this, i, pages));
            free[i] = count - 1 - i;
            pages += DeviceMemory.PageSize;
            left--;
        }

        _available = count;
        ControlReserve = ReserveFor(count);
        KeepLimit = LimitFor(count);
        KeepRoom = KeepLimit;
    }

    /// <summary>The number of buffers there are.</summary>
    public int Count => _all.Length;

    /// <summary>The number of buffers in the pool now.</summary>
    public int Available => _available;

    /// <summary>The buffer of an index below <see cref="Count"/>, wherever it is now.</summary>
    public PacketBuffer this[int index] => _all[index];

    /// <summary>Takes a buffer that is empty at <see cref="PacketBuffer.Headroom"/>, or null if all are in use.</summary>
    /// <param name="leaving">How many must stay for others.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBuffer? TryTake(int leaving = 0)
    {
        int last = _available - 1;
        if (last < leaving)
            return null;
        _available = last;
        PacketBuffer buffer = _all[_free[last]];
        OnTaken(buffer);
        buffer.Offset = PacketBuffer.Headroom;
        buffer.Length = 0;
        buffer.ChecksumStart = 0;
        buffer.ChecksumVerified = false;
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(PacketBuffer buffer)
    {
        if (buffer.Next is not null || buffer.IsPart)
            ReturnPieces(buffer);
        else
            Push(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ReturnKept(PacketBuffer buffer)
    {
        EndKeeping(1);
        Push(buffer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnPieces(PacketBuffer first)
    {
        PacketBuffer? piece = first;
        while (piece is not null)
        {
            PacketBuffer? next = piece.Next;
            piece.Next = null;
            if (piece.IsPart)
                ReturnPart(piece);
            else
                Push(piece);
            piece = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(PacketBuffer buffer)
    {
        OnReturning(buffer);
        int[] free = _free;
        int at = _available;
        if ((uint)at < (uint)free.Length)
        {
            free[at] = buffer.Index;
            _available = at + 1;
        }
        else
        {
            RefuseSurplus();
        }
    }

    // More buffers came back than there are: somebody released one twice. The machine goes on with those that it has.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseSurplus()
    {
        if (_warned)
            return;
        _warned = true;
        Log.Warn("net", $"a packet buffer was released twice");
    }

    /// <summary>Takes pages that lie behind each other: as many as are wanted, or fewer.</summary>
    private static partial byte* TakePages(int wanted, out int taken);

    static partial void OnTaken(PacketBuffer buffer);

    partial void OnReturning(PacketBuffer buffer);
}
