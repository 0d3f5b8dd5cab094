using System;

namespace Guest.Core.Memory;

/// <summary>Hands out the machine's free memory in runs of pages, and takes them back in any parts.</summary>
/// <remarks>
/// What was never handed out lies above an address that moves up. What came back joins it where it lies at that address; the rest is noted in a bit for each
/// frame, in memory of the region itself that is taken when the first frame of it comes back: a machine that gives nothing back pays nothing. It takes from the lowest region
/// that fits, which keeps early allocations within the reach of 32-bit devices.
/// </remarks>
public unsafe struct FrameAllocator
{
    /// <summary>Bytes in a frame: 4,096.</summary>
    public const ulong FrameSize = 4096;

    /// <summary>As many as a loader's map has, and two more: the image divides one, and so does the end of what the boot's page tables reach.</summary>
    private const int MaximumRegions = MemoryMap.MaximumRanges + 2;

    private fixed ulong _start[MaximumRegions];
    private fixed ulong _next[MaximumRegions];
    private fixed ulong _end[MaximumRegions];

    // Of what came back: where its bits are, how many frames it is, and where the first may be.
    private fixed ulong _bits[MaximumRegions];
    private fixed ulong _returned[MaximumRegions];
    private fixed ulong _lowest[MaximumRegions];
    private int _regions;

    /// <summary>Bytes that there are, whoever has them.</summary>
    public readonly ulong TotalBytes
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < _regions; i++)
                total += _end[i] - _start[i];
            return total;
        }
    }

    /// <summary>Bytes that are not handed out.</summary>
    public readonly ulong FreeBytes
    {
        get
        {
            ulong free = 0;
            for (int i = 0; i < _regions; i++)
                free += _end[i] - _next[i] + (_returned[i] * FrameSize);
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
            ulong address = _returned[i] >= frames ? TryTakeReturned(i, frames, below) : 0;
            if (address != 0)
                return address;
            ulong limit = Math.Min(_end[i], below);
            if (limit < _next[i] || limit - _next[i] < bytes)
                continue;
            address = _next[i];
            _next[i] += bytes;
            return address;
        }

        return 0;
    }

    /// <summary>Takes frames back: a run that <see cref="TryAllocate"/> returned, or a part of one.</summary>
    /// <exception cref="InvalidOperationException">They are not handed out.</exception>
    public void Free(ulong address, ulong frames)
    {
        int region = 0;
        while (region < _regions && (address < _start[region] || address >= _next[region]))
            region++;
        ulong end = address + (frames * FrameSize);
        if (region == _regions || end > _next[region] || HoldsReturned(region, address, frames))
            throw new InvalidOperationException("frames came back that were not handed out");
        if (end == _next[region])
        {
            _next[region] = address;
            JoinReturned(region);
            return;
        }

        if (_bits[region] == 0)
        {
            ulong taken = TakeBits(region, address, frames);
            address += taken * FrameSize;
            frames -= taken;
        }

        if (_bits[region] == 0 || frames == 0)
            return;
        ulong first = (address - _start[region]) / FrameSize;
        BitsOf(region).Mark(first, frames, set: true);
        _returned[region] += frames;
        _lowest[region] = Math.Min(_lowest[region], first);
    }

    private readonly FrameBits BitsOf(int region) => new((ulong*)AddressSpace.Direct(_bits[region]));

    private ulong TryTakeReturned(int region, ulong frames, ulong below)
    {
        FrameBits bits = BitsOf(region);
        ulong limit = Math.Min(_next[region], below);
        limit = limit <= _start[region] ? 0 : (limit - _start[region]) / FrameSize;
        ulong first = bits.Find(_lowest[region], limit, set: true);
        _lowest[region] = first;
        while (limit - first >= frames)
        {
            ulong end = bits.Find(first, first + frames, set: false);
            if (end - first == frames)
            {
                bits.Mark(first, frames, set: false);
                _returned[region] -= frames;
                return _start[region] + (first * FrameSize);
            }

            first = bits.Find(end, limit, set: true);
        }

        return 0;
    }

    private readonly bool HoldsReturned(int region, ulong address, ulong frames)
    {
        if (_returned[region] == 0)
            return false;
        ulong first = (address - _start[region]) / FrameSize;
        return BitsOf(region).Find(first, first + frames, set: true) != first + frames;
    }

    /// <summary>Has what came back before join what was never handed out, where it now lies below it.</summary>
    private void JoinReturned(int region)
    {
        while (_returned[region] != 0)
        {
            ulong last = ((_next[region] - _start[region]) / FrameSize) - 1;
            if (!BitsOf(region)[last])
                return;
            BitsOf(region).Mark(last, 1, set: false);
            _returned[region]--;
            _next[region] -= FrameSize;
        }
    }

    /// <summary>Finds room for a region's bits: elsewhere, or at the beginning of what comes back. Where neither suffices that is lost.</summary>
    /// <returns>How many of the frames that come back are used for it.</returns>
    private ulong TakeBits(int region, ulong address, ulong frames)
    {
        ulong bytes = FrameBits.BytesFor((_end[region] - _start[region]) / FrameSize);
        ulong needed = (bytes + FrameSize - 1) / FrameSize;
        ulong room = TryAllocate(needed);
        ulong taken = 0;
        if (room == 0)
        {
            if (needed > frames)
                return 0;
            room = address;
            taken = needed;
        }

        new Span<byte>(AddressSpace.Direct(room), (int)bytes).Clear();
        _bits[region] = room;
        _lowest[region] = ulong.MaxValue;
        return taken;
    }

    private void Add(ulong start, ulong end)
    {
        start = (start + FrameSize - 1) & ~(FrameSize - 1);
        end &= ~(FrameSize - 1);
        if (start == 0)
            start = FrameSize;
        if (end <= start || _regions == MaximumRegions)
            return;
        _start[_regions] = start;
        _next[_regions] = start;
        _end[_regions] = end;
        _regions++;
    }
}
