using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Xen;
using static Guest.Storage.Devices.BlkFrontRing;

namespace Guest.Storage.Devices;

// From requests to the ring.
public sealed unsafe partial class BlkFront
{
    /// <summary>The request that the back end has by each id. Its <see cref="BlockRequest.DriverTag"/> is the operation that the answer must
    /// name.</summary>
    private readonly BlockRequest?[] _inFlight = new BlockRequest?[MostSlots];

    /// <summary>For each id, the page that lists an indirect request's segments.</summary>
    private readonly byte*[] _indirect = new byte*[MostSlots];
    private FrontRing<Request, Response> _ring;

    /// <summary>The ids that are free, never more than the ring has room for: a bit each.</summary>
    private ulong _freeIds;
    private int _depth = MostSlots;
    private int _indirectPages;
    private byte _flush;
    private bool _discards;

    /// <inheritdoc/>
    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        if (!_up)
            return 0;
        int taken = PutPlain(burst);
        while (taken < burst.Length && _freeIds != 0 && TryPut(burst[taken]))
            taken++;
        if (!more && _ring.HasUnpublished)
        {
            if (_ring.Publish())
                Domain.Events.Send(_port, Counters);
            else
                Counters.Count(PathEvent.NotificationSuppressed);
        }

        return taken;
    }

    /// <summary>Puts into the ring what stands at the front of a burst and moves data of one page that the back end may already reach.</summary>
    /// <returns>How many that were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PutPlain(ReadOnlySpan<BlockRequest> burst)
    {
        // The ring's place and size, in registers; what moves is written back.
        FrontRing<Request, Response> ring = _ring;
        uint producer = ring.RequestProducer;
        ulong freeIds = _freeIds;
        int count = 0;
        for (; count < burst.Length && freeIds != 0; count++)
        {
            BlockRequest request = burst[count];
            if (!request.MovesData || request.SegmentCount != 1)
                break;
            BlockSegment memory = request.Only;
            int offset = (int)(nuint)memory.Memory & (DeviceMemory.PageSize - 1);
            uint grant = _grants.Known(memory.Memory);
            if (offset + memory.Length > DeviceMemory.PageSize || grant == 0)
                break;
            int id = BitOperations.TrailingZeroCount(freeIds);
            freeIds &= freeIds - 1;
            ref Request entry = ref ring.Request(producer++);
            byte operation = request.Operation == BlockOperation.Write ? OperationWrite : OperationRead;
            entry.Operation = operation;
            entry.SegmentsOrOperation = 1;
            entry.HandleOrSegments = _handle;
            entry.Id = (uint)id;
            entry.Sector = (ulong)request.Offset >> SectorShift;
            entry.Body = Segment(grant, offset, memory.Length);
            request.DriverTag = operation;
            _inFlight[id] = request;
        }

        _ring.RequestProducer = producer;
        _freeIds = freeIds;
        Counters.Count(PathEvent.Descriptor, count);
        return count;
    }

    /// <summary>Puts any request into the ring, which has room for it.</summary>
    /// <returns>False if its memory cannot be granted before other requests end.</returns>
    private bool TryPut(BlockRequest request)
    {
        int id = BitOperations.TrailingZeroCount(_freeIds);
        ref Request entry = ref _ring.Request(_ring.RequestProducer);
        byte operation = OperationOf(request);
        entry.Operation = operation;
        entry.SegmentsOrOperation = 0;
        entry.HandleOrSegments = _handle;
        entry.Id = (uint)id;
        entry.Sector = request.Operation == BlockOperation.Flush ? 0 : (ulong)request.Offset >> SectorShift;
        if (request.Operation == BlockOperation.Discard)
        {
            entry.Body = (ulong)request.Length >> SectorShift;
        }
        else if (request.MovesData && !TryPutSegments(request, ref entry, id))
        {
            _inFlight[id] = null;
            return false;
        }

        _freeIds &= _freeIds - 1;
        request.DriverTag = operation;
        _inFlight[id] = request;
        _ring.RequestProducer++;
        Counters.Count(PathEvent.Descriptor);
        return true;
    }

    private bool TryPutSegments(BlockRequest request, ref Request entry, int id)
    {
        // It counts as in flight already: its pages must not give up their place for one another.
        _inFlight[id] = request;
        bool direct = FitsDirectly(request);
        ulong* segments = direct ? AddressOf(ref entry) : (ulong*)_indirect[id];
        int count = 0;
        foreach (BlockSegment segment in request.Segments)
        {
            byte* at = segment.Memory;
            byte* end = at + segment.Length;
            while (at < end)
            {
                int offset = (int)((nuint)at & (DeviceMemory.PageSize - 1));
                int length = (int)Math.Min(DeviceMemory.PageSize - offset, end - at);
                uint grant = _grants.Of(BackendDomain, at);
                if (grant == 0 && TryMakeRoom())
                    grant = _grants.Of(BackendDomain, at);
                if (grant == 0)
                    return false;
                segments[count++] = Segment(grant, offset, length);
                at += length;
            }
        }

        if (direct)
        {
            entry.SegmentsOrOperation = (byte)count;
            return true;
        }

        // The same bytes as the first segment: the handle, and the grant of the page that holds the segments.
        entry.SegmentsOrOperation = entry.Operation;
        entry.Operation = OperationIndirect;
        entry.HandleOrSegments = (ushort)count;
        entry.Body = _handle | ((ulong)_grants.Of(BackendDomain, _indirect[id]) << 32);
        return true;
    }

    /// <summary>Whether a read or write has so few pages that the ring's slot holds them.</summary>
    private static bool FitsDirectly(BlockRequest request)
    {
        int pages = 0;
        foreach (BlockSegment segment in request.Segments)
        {
            nuint first = (nuint)segment.Memory / DeviceMemory.PageSize;
            nuint last = ((nuint)segment.Memory + (uint)segment.Length - 1) / DeviceMemory.PageSize;
            pages += (int)(last - first) + 1;
        }

        return pages <= DirectSegments;
    }

    private byte OperationOf(BlockRequest request) => request.Operation switch
    {
        BlockOperation.Read => OperationRead,
        BlockOperation.Write => OperationWrite,
        BlockOperation.Flush => _flush,
        _ => OperationDiscard,
    };

    private static ulong* AddressOf(ref Request entry)
    {
        // The ring is device memory, which does not move.
        fixed (ulong* body = &entry.Body)
            return body;
    }
}
