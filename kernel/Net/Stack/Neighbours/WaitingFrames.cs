using System;
using Guest.Core.Diagnostics;

namespace Guest.Net.Stack;

/// <summary>Frames that wait for their neighbours to answer: copies in small cells, so that a thousand short ones take no thousand
/// pages.</summary>
internal sealed class WaitingFrames
{
    private const int CellSize = 128;
    private const int None = -1;

    private readonly byte[] _bytes;
    private readonly Cell[] _cells;
    private readonly int _mostOfOne;
    private int _free;
    private int _freeCount;

    /// <summary>Makes an empty one.</summary>
    /// <param name="cells">How many cells of 128 bytes there are.</param>
    /// <param name="counters">Where copied bytes are counted.</param>
    public WaitingFrames(int cells, PathCounters counters)
    {
        _bytes = new byte[cells * CellSize];
        _cells = new Cell[cells];
        Counters = counters;
        _mostOfOne = cells * 3 / 4;
        _freeCount = cells;
        Span<Cell> all = _cells;
        for (int i = 0; i < all.Length; i++)
            all[i].NextOfFrame = i + 1;
        all[^1].NextOfFrame = None;
    }

    /// <summary>Where copied bytes are counted.</summary>
    public PathCounters Counters { private get; set; }

    /// <summary>How many cells a frame takes.</summary>
    public static int CellsFor(int bytes) => (bytes + CellSize - 1) / CellSize;

    /// <summary>Whether there is room for so many cells more: in all, and for one neighbour, who may take three quarters.</summary>
    public bool HasRoom(in WaitingQueue queue, int cells) => cells <= _freeCount && queue.Cells + cells <= _mostOfOne;

    /// <summary>Copies a frame to the end of a queue. Its buffers stay the caller's.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool TryAdd(ref WaitingQueue queue, PacketBuffer frame)
    {
        int length = PacketChain.Length(frame);
        int count = CellsFor(length);
        if (count == 0 || !HasRoom(queue, count))
            return false;
        int first = _free;
        int cell = first;
        for (int i = 1; i < count; i++)
            cell = _cells[cell].NextOfFrame;
        _free = _cells[cell].NextOfFrame;
        _cells[cell].NextOfFrame = None;
        _freeCount -= count;

        ref Cell head = ref _cells[first];
        head.Length = length;
        head.NextFrame = None;
        head.ChecksumStart = frame.ChecksumStart;
        head.ChecksumOffset = frame.ChecksumOffset;
        if (queue.Frames == 0)
            queue.First = first;
        else
            _cells[queue.Last].NextFrame = first;
        queue.Last = first;
        queue.Cells += count;
        queue.Frames++;
        Copy(frame, first);
        return true;
    }

    /// <summary>Takes the oldest frame of a queue out, into buffers of a pool: as many as it needs.</summary>
    /// <returns>Null if the pool has too few: the frame is lost.</returns>
    public PacketBuffer? Take(ref WaitingQueue queue, PacketPool pool)
    {
        int first = queue.First;
        ref Cell head = ref _cells[first];
        PacketBuffer? frame = PacketChain.TryTake(pool, head.Length);
        if (frame is not null)
        {
            frame.ChecksumStart = head.ChecksumStart;
            frame.ChecksumOffset = head.ChecksumOffset;
            Copy(first, frame);
        }

        RemoveFirst(ref queue);
        return frame;
    }

    /// <summary>Forgets a queue's frames.</summary>
    /// <returns>How many there were.</returns>
    public int Clear(ref WaitingQueue queue)
    {
        int frames = queue.Frames;
        while (queue.Frames != 0)
            RemoveFirst(ref queue);
        return frames;
    }

    private Span<byte> BytesOf(int cell) => _bytes.AsSpan(cell * CellSize, CellSize);

    private void Copy(PacketBuffer frame, int cell)
    {
        int at = 0;
        for (PacketBuffer? piece = frame; piece is not null; piece = piece.Next)
        {
            ReadOnlySpan<byte> bytes = piece.Data;
            Counters.Count(PathEvent.CopiedBytes, bytes.Length);
            while (bytes.Length != 0)
            {
                Span<byte> room = NextBytes(ref cell, ref at, bytes.Length);
                bytes[..room.Length].CopyTo(room);
                bytes = bytes[room.Length..];
            }
        }
    }

    private void Copy(int cell, PacketBuffer frame)
    {
        int at = 0;
        for (PacketBuffer? piece = frame; piece is not null; piece = piece.Next)
        {
            Span<byte> room = piece.Data;
            Counters.Count(PathEvent.CopiedBytes, room.Length);
            while (room.Length != 0)
            {
                Span<byte> bytes = NextBytes(ref cell, ref at, room.Length);
                bytes.CopyTo(room);
                room = room[bytes.Length..];
            }
        }
    }

    /// <summary>The next bytes of a frame in its cells, at most so many, as far as they lie together.</summary>
    private Span<byte> NextBytes(ref int cell, ref int at, int most)
    {
        if (at == CellSize)
            (cell, at) = (_cells[cell].NextOfFrame, 0);
        int from = at;
        at += Math.Min(most, CellSize - at);
        return BytesOf(cell)[from..at];
    }

    private void RemoveFirst(ref WaitingQueue queue)
    {
        int cell = queue.First;
        queue.First = _cells[cell].NextFrame;
        queue.Frames--;
        while (cell != None)
        {
            int next = _cells[cell].NextOfFrame;
            _cells[cell].NextOfFrame = _free;
            _free = cell;
            _freeCount++;
            queue.Cells--;
            cell = next;
        }
    }

    private struct Cell
    {
        public int NextOfFrame;
        public int NextFrame;
        public int Length;
        public ushort ChecksumStart;
        public ushort ChecksumOffset;
    }
}
