using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Memory;

namespace Guest.Net.Stack;

/// <summary>The bytes that arrived in order and that the application has not read, in the buffers in which they came.</summary>
/// <remarks>A buffer counts as kept (PacketPool.Budget.cs). What fits behind the bytes of the last one is copied there if it is short, so that a peer that sends
/// a byte at a time cannot have a page for each.</remarks>
internal unsafe struct ReceiveQueue
{
    private const int ShortPiece = 512;

    private PacketBuffer? _first;
    private PacketBuffer? _last;

    /// <summary>Buffers in the queue.</summary>
    public int Buffers { get; private set; }

    /// <summary>Bytes in the queue.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a piece of the stream, which the queue then owns.</summary>
    /// <param name="piece">One buffer or more.</param>
    /// <param name="length">Bytes in them.</param>
    /// <param name="pool">Whose buffers they are.</param>
    /// <param name="own">How many buffers the connection keeps elsewhere.</param>
    /// <returns>False if there is no room for it; it is the caller's still.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(PacketBuffer piece, int length, PacketPool pool, int own)
    {
        if (_first is not null || piece.Next is not null)
            return TryAddBehind(piece, length, pool, own);
        if (!pool.TryKeepReceived(own, 1))
            return false;
        piece.PassTo(BufferOwner.Socket);
        Reference.Set(ref _first, piece);
        Reference.Set(ref _last, piece);
        Buffers = 1;
        Length = length;
        return true;
    }

    /// <summary>Adds the front of a piece of the stream for all of which there is no room: as many buffers as may be kept, about. The others are released.</summary>
    /// <param name="piece">Buffers of the caller's.</param>
    /// <param name="pool">Whose buffers they are.</param>
    /// <returns>How many bytes were added; if none, the buffers are the caller's still.</returns>
    public int AddFront(PacketBuffer piece, PacketPool pool)
    {
        int buffers = PacketChain.Buffers(piece) / 2;
        while (buffers != 0 && !pool.TryKeepReceived(Buffers, buffers))
            buffers /= 2;
        if (buffers == 0)
            return 0;
        PacketBuffer last = piece;
        int length = piece.Length;
        for (; buffers != 1; buffers--)
        {
            last = last.Next!;
            length += last.Length;
        }

        last.Next?.Release();
        last.Next = null;
        AddKept(piece);
        return length;
    }

    /// <summary>Adds buffers that count as kept already.</summary>
    public void AddKept(PacketBuffer piece)
    {
        if (_last is null)
            Reference.Set(ref _first, piece);
        else
            _last.Next = piece;
        while (true)
        {
            piece.PassTo(BufferOwner.Socket);
            Buffers++;
            Length += piece.Length;
            if (piece.Next is null)
                break;
            piece = piece.Next;
        }

        Reference.Set(ref _last, piece);
    }

    /// <summary>Takes bytes out, as many as there are or fit.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(Span<byte> destination)
    {
        PacketBuffer? first = _first;
        if (first is null)
            return 0;
        int length = first.Length;
        if (destination.Length < length || first.Next is not null)
            return ReadPieces(destination);
        Unsafe.CopyBlockUnaligned(ref MemoryMarshal.GetReference(destination), in first.Page[first.Offset], (uint)length);
        _first = null;
        _last = null;
        Buffers = 0;
        Length = 0;
        first.ReleaseKept();
        return length;
    }

    /// <summary>Copies bytes out and leaves them there.</summary>
    public readonly int Peek(Span<byte> destination) => _first is null ? 0 : PacketChain.CopyTo(_first, destination);

    /// <summary>Drops all.</summary>
    public void Clear()
    {
        while (_first is not null)
            ReleaseFirst();
        _last = null;
        Length = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAddBehind(PacketBuffer piece, int length, PacketPool pool, int own)
    {
        if (length < ShortPiece && _last is { } last && last.Offset + last.Length + length <= PacketBuffer.Capacity)
        {
            PacketChain.CopyTo(piece, new Span<byte>(last.Page + last.Offset + last.Length, length));
            last.Length += length;
            Length += length;
            piece.Release();
            return true;
        }

        if (!pool.TryKeepReceived(own + Buffers, PacketChain.Buffers(piece)))
            return false;
        AddKept(piece);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadPieces(Span<byte> destination)
    {
        int read = 0;
        while (read < destination.Length && _first is { } first)
        {
            int part = Math.Min(first.Length, destination.Length - read);
            first.Data[..part].CopyTo(destination[read..]);
            read += part;
            first.Offset += part;
            first.Length -= part;
            if (first.Length == 0)
                ReleaseFirst();
        }

        if (_first is null)
            _last = null;
        Length -= read;
        return read;
    }

    private void ReleaseFirst()
    {
        PacketBuffer first = _first!;
        Reference.Set(ref _first, first.Next);
        first.Next = null;
        Buffers--;
        first.ReleaseKept();
    }
}
