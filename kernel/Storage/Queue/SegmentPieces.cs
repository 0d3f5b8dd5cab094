using System;

namespace Guest.Storage;

/// <summary>Walks a request's memory in the pieces that its device can take: cut at a boundary that none may cross and at a
/// greatest length. Drivers fill their descriptors from it; <see cref="BlockQueue"/> counts with it.</summary>
public ref struct SegmentPieces
{
    private readonly ReadOnlySpan<BlockSegment> _segments;
    private readonly ulong _boundaryMask;
    private readonly int _maxBytes;
    private int _index;
    private int _done;

    /// <summary>Begins a walk.</summary>
    /// <param name="segments">The memory.</param>
    /// <param name="boundary"><see cref="BlockLimits.SegmentBoundary"/>.</param>
    /// <param name="maxBytes"><see cref="BlockLimits.MaxSegmentBytes"/>.</param>
    public SegmentPieces(ReadOnlySpan<BlockSegment> segments, int boundary, int maxBytes)
    {
        _segments = segments;
        _boundaryMask = boundary == 0 ? ulong.MaxValue : (ulong)boundary - 1;
        _maxBytes = maxBytes;
    }

    /// <summary>The device's address of the current piece.</summary>
    public ulong Address { get; private set; }

    /// <summary>Bytes in the current piece.</summary>
    public int Length { get; private set; }

    /// <summary>Goes to the next piece, or says that there is none.</summary>
    public bool MoveNext()
    {
        if (_index >= _segments.Length)
            return false;
        BlockSegment segment = _segments[_index];
        Address = segment.DeviceAddress + (uint)_done;
        int length = Math.Min(segment.Length - _done, _maxBytes);
        ulong toBoundary = _boundaryMask - (Address & _boundaryMask);
        if ((ulong)length - 1 > toBoundary)
            length = (int)toBoundary + 1;
        Length = length;
        _done += length;
        if (_done >= segment.Length)
        {
            _index++;
            _done = 0;
        }

        return true;
    }
}
