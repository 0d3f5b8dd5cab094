using Guest.Core.Memory;

namespace Guest.Net.Stack;

/// <summary>What arrived before the bytes in front of it did, in the order of the stream (RFC 9293, 3.10.7.4: SHLD-31).</summary>
/// <remarks>No byte is held twice. Where segments overlap, the one that was there stays, unless the newer one holds all of it. Each buffer counts as kept; its
/// <see cref="PacketBuffer.Position"/> is the number of its first byte.</remarks>
internal struct ReassemblyQueue
{
    private PacketBuffer? _first;
    private PacketBuffer? _last;

    /// <summary>Buffers in the queue.</summary>
    public int Buffers { get; private set; }

    /// <summary>Whether nothing is held.</summary>
    public readonly bool IsEmpty => _first is null;

    /// <summary>The ranges to tell the other side of.</summary>
    public SackRanges Ranges;

    /// <summary>Takes buffers out of a segment, as far as they hold anything new.</summary>
    /// <param name="piece">The buffers; what is not kept of them is released.</param>
    /// <param name="sequence">The number of the first byte in them.</param>
    /// <param name="pool">Whose buffers they are.</param>
    /// <param name="own">How many buffers the connection keeps elsewhere.</param>
    public void Add(PacketBuffer piece, SequenceNumber sequence, PacketPool pool, int own)
    {
        SequenceNumber start = sequence;
        PacketBuffer? rest = piece;
        bool kept = true;
        while (rest is { } one)
        {
            rest = one.Next;
            one.Next = null;
            one.Position = unchecked((int)sequence.Value);
            sequence += one.Length;
            if (kept && one.Length != 0)
                kept = TryInsert(one, pool, own);
            else
                one.Release();
        }

        if (kept)
            Ranges.Add(start, sequence);
    }

    /// <summary>Moves what follows without a gap into the receive queue.</summary>
    /// <param name="next">The number of the byte that is expected next.</param>
    /// <param name="queue">Where it goes.</param>
    /// <returns>The number that is expected then.</returns>
    public SequenceNumber MoveTo(SequenceNumber next, ref ReceiveQueue queue)
    {
        while (_first is { } first && StartOf(first) <= next)
        {
            int known = next - StartOf(first);
            TakeFirst();
            if (known >= first.Length)
            {
                first.ReleaseKept();
                continue;
            }

            first.Offset += known;
            first.Length -= known;
            next += first.Length;
            queue.AddKept(first);
        }

        Ranges.RemoveUpTo(next);
        return next;
    }

    /// <summary>Drops all.</summary>
    public void Clear()
    {
        while (_first is { } first)
        {
            TakeFirst();
            first.ReleaseKept();
        }

        Ranges.Clear();
    }

    private static SequenceNumber StartOf(PacketBuffer piece) => new(unchecked((uint)piece.Position));

    private static SequenceNumber EndOf(PacketBuffer piece) => StartOf(piece) + piece.Length;

    /// <summary>Puts one buffer where it belongs, less what others hold of it.</summary>
    /// <returns>False if there was no room for it.</returns>
    private bool TryInsert(PacketBuffer piece, PacketPool pool, int own)
    {
        PacketBuffer? before = FindBefore(StartOf(piece));
        if (before is not null)
        {
            int held = EndOf(before) - StartOf(piece);
            if (held >= piece.Length)
            {
                piece.Release();
                return true;
            }

            if (held > 0)
                CutFront(piece, held);
        }

        if (!pool.TryKeepReceived(own + Buffers, 1))
        {
            piece.Release();
            return false;
        }

        PacketBuffer? after = before is null ? _first : before.Next;
        while (after is not null && EndOf(after) <= EndOf(piece))
        {
            PacketBuffer? next = after.Next;
            Unlink(before, after);
            after.ReleaseKept();
            after = next;
        }

        if (after is not null && StartOf(after) < EndOf(piece))
            piece.Length = StartOf(after) - StartOf(piece);
        Link(before, piece, after);
        return true;
    }

    /// <summary>The last buffer that begins no later than a byte; most segments come behind all others.</summary>
    private readonly PacketBuffer? FindBefore(SequenceNumber sequence)
    {
        if (_last is not null && StartOf(_last) <= sequence)
            return _last;
        PacketBuffer? before = null;
        for (PacketBuffer? at = _first; at is not null && StartOf(at) <= sequence; at = at.Next)
            before = at;
        return before;
    }

    private static void CutFront(PacketBuffer piece, int bytes)
    {
        piece.Offset += bytes;
        piece.Length -= bytes;
        piece.Position = unchecked(piece.Position + bytes);
    }

    private void Link(PacketBuffer? before, PacketBuffer piece, PacketBuffer? after)
    {
        piece.PassTo(BufferOwner.Reassembly);
        piece.Next = after;
        if (before is null)
            Reference.Set(ref _first, piece);
        else
            before.Next = piece;
        if (after is null)
            Reference.Set(ref _last, piece);
        Buffers++;
    }

    private void Unlink(PacketBuffer? before, PacketBuffer piece)
    {
        if (before is null)
            Reference.Set(ref _first, piece.Next);
        else
            before.Next = piece.Next;
        if (_last == piece)
            Reference.Set(ref _last, before);
        piece.Next = null;
        Buffers--;
    }

    private void TakeFirst() => Unlink(null, _first!);
}
