using System;
using System.Numerics;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Xen;
using static Guest.Storage.Devices.BlkFrontRing;

namespace Guest.Storage.Devices;

public sealed unsafe partial class BlkFront
{
    /// <summary>Events in a row, each without any work, after which the back end is held to be hostile.</summary>
    private const int StormLimit = 1000;

    private readonly BlockRequest?[] _inFlight = new BlockRequest?[MostSlots];
    private readonly byte[] _operations = new byte[MostSlots];
    private readonly byte*[] _indirect = new byte*[MostSlots];
    private FrontRing<Request, Response> _ring;
    private ulong _freeSlots;

    /// <summary>Slots whose requests are complete and not yet returned.</summary>
    private ulong _finished;
    private int _depth = MostSlots;
    private int _indirectPages;
    private int _idleEvents;
    private byte _flush;
    private bool _discards;
    private bool _interrupted;

    /// <inheritdoc/>
    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        if (!_up)
            return 0;
        int taken = 0;
        while (taken < burst.Length && _freeSlots != 0 && _ring.Free != 0)
            Put(burst[taken++]);
        if (!more && _ring.HasUnpublished)
        {
            if (_ring.Publish())
                Domain.Events.Send(_port, Counters);
            else
                Counters.Count(PathEvent.NotificationSuppressed);
        }

        return taken;
    }

    /// <inheritdoc/>
    public int Complete(Span<BlockRequest> burst)
    {
        if (_up)
            TakeResponses();
        int count = 0;
        while (count < burst.Length && _finished != 0)
        {
            int slot = BitOperations.TrailingZeroCount(_finished);
            _finished &= _finished - 1;
            _freeSlots |= 1UL << slot;
            burst[count++] = _inFlight[slot]!;
            _inFlight[slot] = null;
        }

        return count;
    }

    /// <inheritdoc/>
    public bool Arm() => _finished == 0 && (!_up || !_ring.Arm());

    private void Put(BlockRequest request)
    {
        int slot = BitOperations.TrailingZeroCount(_freeSlots);
        _freeSlots &= _freeSlots - 1;
        _inFlight[slot] = request;
        ref Request entry = ref _ring.Request(_ring.RequestProducer);
        entry.Id = (uint)slot;
        entry.Sector = (ulong)request.Offset >> SectorShift;
        entry.HandleOrSegments = _handle;
        entry.SegmentsOrOperation = 0;
        switch (request.Operation)
        {
            case BlockOperation.Flush:
                entry.Operation = _flush;
                entry.Sector = 0;
                break;
            case BlockOperation.Discard:
                entry.Operation = OperationDiscard;
                entry.Body = (ulong)request.Length >> SectorShift;
                break;
            default:
                if (!TryPutSegments(request, ref entry, slot))
                {
                    Log.Warn(Name, $"no grant is left for a buffer");
                    GiveBack(slot, BlockStatus.DeviceError);
                    return;
                }

                break;
        }

        Counters.Count(PathEvent.Descriptor);

        // The answer to an indirect request names the operation that is meant.
        _operations[slot] = entry.Operation == OperationIndirect ? entry.SegmentsOrOperation : entry.Operation;
        _ring.RequestProducer++;
    }

    private bool TryPutSegments(BlockRequest request, ref Request entry, int slot)
    {
        byte operation = request.Operation == BlockOperation.Write ? OperationWrite : OperationRead;
        bool direct = FitsDirectly(request);
        Segment* segments = direct ? (Segment*)AddressOf(ref entry) : (Segment*)_indirect[slot];
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
                if (grant == 0)
                    return false;
                int first = offset >> SectorShift;
                segments[count++] = new Segment(grant, first, first + (length >> SectorShift) - 1);
                at += length;
            }
        }

        if (direct)
        {
            entry.Operation = operation;
            entry.SegmentsOrOperation = (byte)count;
            return true;
        }

        // The same bytes as the first segments: the handle, and the grant of the page that holds the segments.
        uint* tail = (uint*)AddressOf(ref entry);
        tail[0] = _handle;
        tail[1] = _grants.Of(BackendDomain, _indirect[slot]);
        entry.Operation = OperationIndirect;
        entry.SegmentsOrOperation = operation;
        entry.HandleOrSegments = (ushort)count;
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

    private static byte* AddressOf(ref Request entry)
    {
        // The ring is device memory, which does not move.
        fixed (ulong* body = &entry.Body)
            return (byte*)body;
    }

    /// <summary>Takes the responses that are there, each copied out once and judged by the copy.</summary>
    private void TakeResponses()
    {
        bool interrupted = _interrupted;
        _interrupted = false;
        if (!_ring.TryCount(out int count))
        {
            Refuse("more responses than requests");
            return;
        }

        if (count == 0)
        {
            if (!interrupted)
                return;
            Counters.Count(PathEvent.SpuriousInterrupt);
            if (++_idleEvents >= StormLimit)
                Refuse("a storm of events without work");
            return;
        }

        _idleEvents = 0;
        for (; count > 0; count--)
        {
            Response response = _ring.Response(_ring.ResponseConsumer);
            _ring.ResponseConsumer++;
            if (!TryTake(response))
                return;
        }
    }

    private bool TryTake(in Response response)
    {
        if (response.Id >= MostSlots || _inFlight[response.Id] is null || (_finished & (1UL << (int)response.Id)) != 0)
        {
            Refuse("a response to nothing that was asked");
            return false;
        }

        int slot = (int)response.Id;
        if (response.Operation != _operations[slot])
        {
            Refuse("a response to another operation");
            return false;
        }

        BlockStatus status;
        switch (response.Status)
        {
            case StatusOkay:
                status = BlockStatus.Ok;
                break;
            case StatusError:
                status = BlockStatus.DeviceError;
                break;
            case StatusUnsupported:
                status = BlockStatus.Unsupported;
                break;
            default:
                Refuse("a status that is none");
                return false;
        }

        GiveBack(slot, status);
        return true;
    }

    private void GiveBack(int slot, BlockStatus status)
    {
        _inFlight[slot]!.Status = status;
        _finished |= 1UL << slot;
    }

    /// <summary>Gives the ring up; the bus closes and connects anew, and what was in flight is submitted again.</summary>
    private void Refuse(string why)
    {
        _up = false;
        Break(why);
    }
}
