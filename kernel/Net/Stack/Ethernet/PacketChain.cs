using System;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A packet in several buffers, linked by <see cref="PacketBuffer.Next"/>: what a device merged, or fragments put together.</summary>
internal static class PacketChain
{
    /// <summary>The bytes in all buffers together.</summary>
    public static int Length(PacketBuffer first)
    {
        int length = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
            length += piece.Length;
        return length;
    }

    /// <summary>Takes buffers for a packet of so many bytes, each full but the last.</summary>
    /// <returns>Null if the pool has too few.</returns>
    public static PacketBuffer? TryTake(PacketPool pool, int length)
    {
        const int Page = PacketBuffer.Capacity - PacketBuffer.Headroom;
        if (pool.Available < (length + Page - 1) / Page)
            return null;
        PacketBuffer? first = null;
        PacketBuffer? last = null;
        for (; length > 0; length -= Page)
        {
            PacketBuffer piece = pool.TryTake()!;
            piece.Length = Math.Min(length, Page);
            if (last is null)
                first = piece;
            else
                last.Next = piece;
            last = piece;
        }

        return first;
    }

    /// <summary>Cuts the packet to <paramref name="length"/> bytes, which it must have, and releases the buffers behind.</summary>
    public static void Trim(PacketBuffer first, int length)
    {
        PacketBuffer piece = first;
        while (length > piece.Length && piece.Next is not null)
        {
            length -= piece.Length;
            piece = piece.Next;
        }

        piece.Length = length;
        piece.Next?.Release();
        piece.Next = null;
    }

    /// <summary>Adds all bytes to a checksum's sum.</summary>
    public static ulong Sum(PathCounters counters, PacketBuffer first, ulong sum)
    {
        bool odd = false;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
        {
            // A piece that starts at an odd byte counts with its bytes exchanged (RFC 1071, 2 (B)).
            ulong part = InternetChecksum.Fold(InternetChecksum.Sum(counters, piece.Data));
            sum += odd ? ((part << 8) | (part >> 8)) & 0xffff : part;
            odd ^= (piece.Length & 1) != 0;
        }

        return sum;
    }

    /// <summary>Copies as many bytes as fit.</summary>
    /// <returns>How many that were.</returns>
    public static int CopyTo(PacketBuffer first, Span<byte> destination)
    {
        int copied = 0;
        for (PacketBuffer? piece = first; piece is not null && copied < destination.Length; piece = piece.Next)
        {
            int part = Math.Min(piece.Length, destination.Length - copied);
            piece.Data[..part].CopyTo(destination[copied..]);
            copied += part;
        }

        return copied;
    }

    /// <summary>The number of buffers.</summary>
    public static int Buffers(PacketBuffer first)
    {
        int count = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
            count++;
        return count;
    }

    /// <summary>Writes bytes into a packet that is long enough for them, from its byte <paramref name="at"/> on.</summary>
    public static void Write(PacketBuffer first, int at, ReadOnlySpan<byte> bytes)
    {
        for (PacketBuffer? piece = first; piece is not null && bytes.Length != 0; piece = piece.Next)
        {
            int part = Math.Min(bytes.Length, piece.Length - at);
            if (part > 0)
            {
                bytes[..part].CopyTo(piece.Data[at..]);
                bytes = bytes[part..];
            }

            at = Math.Max(at - piece.Length, 0);
        }
    }

    /// <summary>Brings the first bytes of a packet together in its first buffer, as far as the packet goes.</summary>
    /// <param name="first">The packet.</param>
    /// <param name="wanted">How many bytes the first buffer is to have; they must fit into it behind <see cref="PacketBuffer.Headroom"/>.</param>
    public static unsafe void Gather(PacketBuffer first, int wanted)
    {
        if (first.Length >= wanted || first.Next is null)
            return;
        if (first.Offset + wanted > PacketBuffer.Capacity)
        {
            first.Data.CopyTo(new Span<byte>(first.Page + PacketBuffer.Headroom, first.Length));
            first.Offset = PacketBuffer.Headroom;
        }

        while (first.Length < wanted && first.Next is { } next)
        {
            int part = Math.Min(wanted - first.Length, next.Length);
            next.Data[..part].CopyTo(new Span<byte>(first.Page + first.Offset + first.Length, part));
            first.Length += part;
            next.Offset += part;
            next.Length -= part;
            if (next.Length != 0)
                continue;
            first.Next = next.Next;
            next.Next = null;
            next.Release();
        }
    }
}
