using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Memory;

namespace Guest.Net.Stack;

/// <summary>The bytes that the application has sent and the other side has not acknowledged, in pages of the pool.</summary>
/// <remarks>Every page but the last is full, so that where a byte lies follows from its distance to the first one. A page counts as kept
/// (PacketPool.Budget.cs) and goes back when all of it is acknowledged: an idle connection has none.</remarks>
internal unsafe struct SendQueue
{
    private PacketBuffer? _first;
    private PacketBuffer? _last;
    private int _pages;

    // Bytes at the beginning of the first page that were acknowledged.
    private int _acknowledged;

    // The page that was read last, and how far its first byte lies behind the first unacknowledged one: reading goes on there as a rule.
    private PacketBuffer? _cursor;
    private int _cursorAt;

    /// <summary>Bytes in the queue.</summary>
    public int Length { get; private set; }

    /// <summary>Adds as many bytes as there are pages for.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Append(ReadOnlySpan<byte> data, PacketPool pool)
    {
        PacketBuffer? last = _last;
        if (last is null)
            last = AddPage(pool);
        if (last is null)
            return 0;
        int room = PacketBuffer.Capacity - last.Length;
        if (data.Length > room)
            return AppendLong(data, pool);
        Copy(last, data);
        Length += data.Length;
        return data.Length;
    }

    /// <summary>Copies bytes out.</summary>
    /// <param name="offset">How far behind the first unacknowledged byte they begin.</param>
    /// <param name="destination">Where they go; the queue has as many.</param>
    public void CopyTo(int offset, Span<byte> destination)
    {
        PacketBuffer page = Find(offset);
        int at = offset - _cursorAt;
        while (true)
        {
            int part = Math.Min(destination.Length, page.Length - at);
            Unsafe.CopyBlockUnaligned(ref MemoryMarshal.GetReference(destination), in page.Page[at], (uint)part);
            if (part == destination.Length)
                return;
            destination = destination[part..];
            _cursorAt += page.Length;
            page = page.Next!;
            Reference.Set(ref _cursor, page);
            at = 0;
        }
    }

    /// <summary>Makes parts of the pages of some bytes, linked, for a device to send from there.</summary>
    /// <param name="offset">How far behind the first unacknowledged byte they begin.</param>
    /// <param name="length">How many; the queue has as many.</param>
    /// <param name="pool">The device's pool.</param>
    /// <returns>Null if these are another pool's pages, or too many parts are out.</returns>
    public PacketBuffer? TryShare(int offset, int length, PacketPool pool)
    {
        PacketBuffer page = Find(offset);
        if (!page.IsFrom(pool))
            return null;
        PacketBuffer? first = null;
        PacketBuffer? last = null;
        int at = offset - _cursorAt;
        while (length != 0)
        {
            int bytes = Math.Min(length, page.Length - at);
            if (pool.TryShare(page, at, bytes) is not { } part)
            {
                first?.Release();
                return null;
            }

            if (last is null)
                first = part;
            else
                last.Next = part;
            last = part;
            length -= bytes;
            page = page.Next!;
            at = 0;
        }

        return first;
    }

    /// <summary>Forgets bytes from the front on, which the queue has.</summary>
    public void Remove(int bytes)
    {
        Length -= bytes;
        if (Length == 0)
        {
            Clear();
            return;
        }

        _cursorAt -= bytes;
        _acknowledged += bytes;
        while (_acknowledged >= PacketBuffer.Capacity)
        {
            _acknowledged -= PacketBuffer.Capacity;
            ReleaseFirst();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        while (_first is not null)
            ReleaseFirst();
        _last = null;
        Length = 0;
        _acknowledged = 0;
    }

    private int AppendLong(ReadOnlySpan<byte> data, PacketPool pool)
    {
        int taken = 0;
        PacketBuffer? last = _last;
        while (last is not null)
        {
            int part = Math.Min(data.Length - taken, PacketBuffer.Capacity - last.Length);
            Copy(last, data.Slice(taken, part));
            taken += part;
            if (taken == data.Length)
                break;
            last = AddPage(pool);
        }

        Length += taken;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(PacketBuffer page, ReadOnlySpan<byte> data)
    {
        Unsafe.CopyBlockUnaligned(ref page.Page[page.Length], in MemoryMarshal.GetReference(data), (uint)data.Length);
        page.Length += data.Length;
    }

    private PacketBuffer? AddPage(PacketPool pool)
    {
        if (!pool.TryKeepToSend(_pages))
            return null;
        if (pool.TryTake(pool.ControlReserve) is not { } page)
        {
            pool.EndKeepingToSend();
            return null;
        }

        page.PassTo(BufferOwner.Socket);
        page.Offset = 0;
        if (_last is null)
        {
            Reference.Set(ref _first, page);
            Reference.Set(ref _cursor, page);
            _cursorAt = 0;
        }
        else
        {
            Reference.Set(ref _last.Next, page);
        }

        Reference.Set(ref _last, page);
        _pages++;
        return page;
    }

    private void ReleaseFirst()
    {
        PacketBuffer page = _first!;
        PacketBuffer? next = page.Next;
        page.Next = null;
        if (_cursor == page)
        {
            _cursorAt += page.Length;
            Reference.Set(ref _cursor, next);
        }

        Reference.Set(ref _first, next);
        _pages--;
        page.ReleaseSent();
    }

    // _cursorAt counts from the first unacknowledged byte, so the first page's is the negative of what is acknowledged of it.
    private PacketBuffer Find(int offset)
    {
        PacketBuffer page = _cursor!;
        if (offset < _cursorAt)
        {
            page = _first!;
            _cursorAt = -_acknowledged;
        }

        while (offset >= _cursorAt + page.Length)
        {
            _cursorAt += page.Length;
            page = page.Next!;
        }

        Reference.Set(ref _cursor, page);
        return page;
    }
}
