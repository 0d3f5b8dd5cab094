using System;

namespace Guest.Core.Memory;

/// <summary>Hands out the machine's free memory, page by page and for good.</summary>
/// <remarks>A kernel without a collector gives nothing back, so an address that moves up is the whole allocator. It takes
/// from the lowest region that fits, which keeps early allocations within the reach of 32-bit devices.</remarks>
public unsafe struct FrameAllocator
{
    /// <summary>Bytes in a frame: 4,096.</summary>
    public const ulong FrameSize = 4096;

    /// <summary>As many as a loader's map has, and two more: the image divides one, and so does the end of what the boot's page tables reach.</summary>
    private const int MaximumRegions = MemoryMap.MaximumRanges + 2;

    private fixed ulong _next[MaximumRegions];
    private fixed ulong _end[MaximumRegions];
    private int _regions;

    /// <summary>Bytes not handed out yet.</summary>
    public readonly ulong FreeBytes
    {
        get
        {
            ulong free = 0;
            for (int i = 0; i < _regions; i++)
                free += _end[i] - _next[i];
            return free;
        }
    }

    /// <summary>The number of regions that hold free memory or did.</summary>
    public readonly int Regions => _regions;

    /// <summary>Adds usable memory, except what lies in [<paramref name="reservedStart"/>, <paramref name="reservedEnd"/>). Partial
    /// frames at the ends are left out; regions past the 34th are ignored, which only makes the machine smaller.</summary>
    public void Add(ulong start, ulong end, ulong reservedStart, ulong reservedEnd)
    {
        if (reservedStart >= end || reservedEnd <= start || reservedStart >= reservedEnd)
        {
            Add(start, end);
            return;
        }

        if (start < reservedStart)
            Add(start, reservedStart & ~(FrameSize - 1));
        if (reservedEnd < end)
            Add(reservedEnd, end);
    }

    /// <summary>Takes contiguous frames whose last byte lies below <paramref name="below"/>. They are not cleared.</summary>
    /// <returns>Their physical address, or 0 if no region has so many left.</returns>
    public ulong TryAllocate(ulong frames, ulong below = ulong.MaxValue)
    {
        ulong bytes = frames * FrameSize;
        for (int i = 0; i < _regions; i++)
        {
            ulong limit = Math.Min(_end[i], below);
            if (limit < _next[i] || limit - _next[i] < bytes)
                continue;
            ulong address = _next[i];
            _next[i] += bytes;
            return address;
        }

        return 0;
    }

    private void Add(ulong start, ulong end)
    {
        start = (start + FrameSize - 1) & ~(FrameSize - 1);
        end &= ~(FrameSize - 1);
        if (start == 0)
            start = FrameSize;
        if (end <= start || _regions == MaximumRegions)
            return;
        _next[_regions] = start;
        _end[_regions] = end;
        _regions++;
    }
}
