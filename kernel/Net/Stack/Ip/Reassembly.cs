using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The fragments of one datagram that have come so far: a chain in the datagram's order, with gaps.</summary>
/// <remarks>A fragment stays in the buffer in which it came, unless it is short: then it is copied behind the one that it follows if that
/// has room, so that a datagram in a thousand fragments does not take a thousand pages.</remarks>
internal sealed unsafe class Reassembly
{
    private const int LongestCopied = PacketBuffer.Capacity / 4;

    private PacketBuffer? _first;
    private PacketBuffer? _last;
    private Fragment _any;
    private int _total;
    private int _received;
    private int _fragments;

    /// <summary>The entry that was begun before this one, or null.</summary>
    public Reassembly? Older;

    /// <summary>The entry that was begun after this one, or the next free one, or null.</summary>
    public Reassembly? Newer;

    /// <summary>The next entry with the same hash, or null.</summary>
    public Reassembly? NextInBucket;

    /// <summary>When a fragment of it came last.</summary>
    public Instant LastCame;

    /// <summary>Whether the datagram was given up, so that its further fragments are too.</summary>
    public bool Broken { get; private set; }

    /// <summary>When it is given up.</summary>
    public Instant Due { get; private set; }

    /// <summary>The IP header in front of the datagram's beginning, once that has come.</summary>
    public byte* FirstHeader { get; private set; }

    /// <summary>Buffers that are held.</summary>
    public int Buffers { get; private set; }

    /// <summary>Whether every byte is there: no two fragments overlap, so counting is enough.</summary>
    public bool IsWhole => _total != 0 && _received == _total;

    /// <summary>A hash of what the fragments of the datagram have in common.</summary>
    public uint Hash(ulong seed) => _any.Hash(seed);

    /// <summary>Whether a fragment is of this datagram.</summary>
    public bool Matches(in Fragment fragment) => _any.IsWith(in fragment);

    /// <summary>Begins a datagram.</summary>
    /// <param name="any">The fragment that came first.</param>
    /// <param name="due">When it is given up.</param>
    public void Begin(in Fragment any, Instant due)
    {
        _any = any;
        _total = 0;
        _received = 0;
        Broken = false;
        Due = due;
    }

    /// <summary>Puts a fragment in its place.</summary>
    /// <param name="fragment">The fragment, in one buffer or several; it is the datagram's if it was kept, else still the caller's.</param>
    /// <param name="headers">What its headers say.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="counters">Where copied bytes are counted.</param>
    public FragmentFate Insert(PacketBuffer fragment, in Fragment headers, int length, PathCounters counters)
    {
        int start = headers.Offset;
        int end = start + length;
        bool isLast = !headers.HasMore;
        PacketBuffer? previous = null;
        PacketBuffer? next = _first;
        if (_last is not null && _last.Position <= start)
            (previous, next) = (_last, null);
        while (next is not null && next.Position <= start)
            (previous, next) = (next, next.Next);

        if ((previous is not null && EndOf(previous) > start) || (next is not null && next.Position < end))
            return (!isLast || end == _total) && IsThere(previous, fragment, start) ? FragmentFate.Duplicate : FragmentFate.Overlaps;
        bool contradicts = _total != 0 ? isLast || end > _total : isLast && next is not null;
        if (contradicts)
            return FragmentFate.Overlaps;

        if (start == 0)
            FirstHeader = headers.Header;
        if (isLast)
            _total = end;
        _received += length;
        _fragments++;
        PacketBuffer lastPiece = Link(fragment, start, previous, next);
        if (previous is not null && EndOf(previous) == start && lastPiece == fragment && TryAppendNext(previous, counters))
            lastPiece = previous;
        if (next is not null && next.Position == end)
            TryAppendNext(lastPiece, counters);
        return FragmentFate.Kept;
    }

    /// <summary>Hands out the whole datagram and is empty.</summary>
    public PacketBuffer TakeChain()
    {
        PacketBuffer first = _first!;
        Forget();
        return first;
    }

    /// <summary>Hands out the first buffer of the datagram's beginning, which is no longer here then.</summary>
    /// <returns>Null if the beginning has not come.</returns>
    public PacketBuffer? TakeBeginning()
    {
        if (_first is not { Position: 0 } first)
            return null;
        _first = first.Next;
        first.Next = null;
        if (_first is null)
            _last = null;
        _fragments--;
        Buffers--;
        return first;
    }

    /// <summary>Drops every fragment that is here.</summary>
    public void Drop(DropCounters drops, DropCause cause)
    {
        drops.Count(cause, _fragments);
        PacketBuffer? first = _first;
        Forget();
        first?.Release();
    }

    /// <summary>Drops every fragment that is here, and all that will come.</summary>
    public void Break(DropCounters drops)
    {
        Drop(drops, DropCause.FragmentOverlap);
        Broken = true;
    }

    private static int EndOf(PacketBuffer piece) => piece.Position + piece.Length;

    // Whether every byte of a fragment has come before, and was the same.
    private static bool IsThere(PacketBuffer? held, PacketBuffer fragment, int start)
    {
        for (PacketBuffer? piece = fragment; piece is not null; piece = piece.Next)
        {
            ReadOnlySpan<byte> bytes = piece.Data;
            while (bytes.Length != 0)
            {
                while (held is not null && EndOf(held) <= start)
                    held = held.Next;
                if (held is null || held.Position > start)
                    return false;
                int part = Math.Min(bytes.Length, EndOf(held) - start);
                if (!held.Data.Slice(start - held.Position, part).SequenceEqual(bytes[..part]))
                    return false;
                bytes = bytes[part..];
                start += part;
            }
        }

        return true;
    }

    /// <returns>The fragment's last buffer.</returns>
    private PacketBuffer Link(PacketBuffer fragment, int start, PacketBuffer? previous, PacketBuffer? next)
    {
        PacketBuffer last = fragment;
        for (PacketBuffer? piece = fragment; piece is not null; piece = piece.Next)
        {
            piece.PassTo(BufferOwner.Reassembly);
            piece.Position = start;
            start += piece.Length;
            Buffers++;
            last = piece;
        }

        last.Next = next;
        if (next is null)
            _last = last;
        if (previous is null)
            _first = fragment;
        else
            previous.Next = fragment;
        return last;
    }

    // Copies the buffer behind one into it, if one of the two is short and there is room, and releases that.
    private bool TryAppendNext(PacketBuffer piece, PathCounters counters)
    {
        PacketBuffer next = piece.Next!;
        int at = piece.Offset + piece.Length;
        if (Math.Min(piece.Length, next.Length) > LongestCopied || at + next.Length > PacketBuffer.Capacity)
            return false;
        next.Data.CopyTo(new Span<byte>(piece.Page + at, next.Length));
        counters.Count(PathEvent.CopiedBytes, next.Length);
        piece.Length += next.Length;
        piece.Next = next.Next;
        if (next.Next is null)
            _last = piece;
        next.Next = null;
        next.Release();
        Buffers--;
        return true;
    }

    private void Forget()
    {
        _first = null;
        _last = null;
        _fragments = 0;
        Buffers = 0;
    }
}
