using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

/// <summary>The transmit side of a network front end: its ring, and which buffers are on their way.</summary>
internal sealed unsafe class NetFrontTransmitter
{
    /// <summary>Its number among the queues whose events are counted.</summary>
    private const int TransmitQueue = 1;

    private readonly NetFront _owner;
    private readonly EventChannels _events;
    private readonly PathCounters _counters;
    private readonly PacketPool _pool;
    private readonly uint[] _grants;

    /// <summary>By the index of a buffer or a part, which is also the request's id: whether it is on its way.</summary>
    private readonly bool[] _transmitting;

    /// <summary>How many answers gather before buffers are taken back though the ring has room: a burst costs less than each alone.</summary>
    private readonly int _slack;

    /// <summary>How many answers are worth a look now: <see cref="_slack"/>, or one while there is no room.</summary>
    private int _takeAt;
    private int _port;
    private bool _gathers;

    /// <summary>Slots on their way that describe a packet, and lend nothing.</summary>
    private int _descriptions;

    /// <summary>Makes the side of a front end that is not connected.</summary>
    /// <param name="owner">The front end.</param>
    /// <param name="events">How the back end is told.</param>
    /// <param name="grants">The grants of the pool's buffers.</param>
    /// <param name="slack">How many answers gather before buffers are taken back.</param>
    public NetFrontTransmitter(NetFront owner, EventChannels events, NetFrontGrants grants, int slack)
    {
        _owner = owner;
        _events = events;
        _counters = owner.Counters.Queue(TransmitQueue);
        _pool = owner.Pool;
        _grants = grants.References;
        _transmitting = new bool[_pool.IndexCount];
        _slack = slack;
    }

    /// <summary>The ring.</summary>
    public FrontRing<TransmitRequest, TransmitResponse> Ring;

    /// <summary>Whether enough answers have gathered to take buffers back.</summary>
    public bool IsWorthTaking
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ring.Answered >= (uint)_takeAt;
    }

    /// <summary>Whether a packet found no room, so that every answer counts.</summary>
    public bool IsShort
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _takeAt != _slack;
    }

    /// <summary>Begins a connection.</summary>
    /// <param name="page">The ring's page, zeroed.</param>
    /// <param name="port">The event channel by which the back end is told.</param>
    /// <param name="gathers">Whether it takes packets of several buffers.</param>
    public void Start(byte* page, int port, bool gathers)
    {
        Ring.Initialize(page);
        _takeAt = _slack;
        _port = port;
        _gathers = gathers;
    }

    /// <summary>Takes back what is on its way, whose connection has ended.</summary>
    public void Stop(NetFrontGrants grants)
    {
        for (int i = 0; i < _transmitting.Length; i++)
        {
            if (_transmitting[i])
                grants.TakeBack(_pool.Find(i));
            _transmitting[i] = false;
        }

        _descriptions = 0;
    }

    /// <summary>Sends packets.</summary>
    /// <returns>How many, from the front; the others found no room.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Send(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        uint start = Ring.RequestProducer;
        long bytes = 0;
        int taken = PutWhole(burst, ref bytes);
        if (taken < burst.Length)
            taken = PutMixed(burst, taken, ref bytes);
        if (taken != 0)
        {
            _counters.Count(PathEvent.Sent, taken);
            _counters.Count(PathEvent.SentBytes, bytes);
            _counters.Count(PathEvent.Descriptor, Ring.RequestProducer - start);
        }

        if (!more && Ring.HasUnpublished)
            Publish();
        return taken;
    }

    /// <summary>Puts packets where the next one is no packet of one buffer, or finds no room.</summary>
    private int PutMixed(ReadOnlySpan<PacketBuffer> burst, int taken, ref long bytes)
    {
        while (taken < burst.Length)
        {
            int size = TryPutPieces(burst[taken]);
            if (size < 0)
                break;
            bytes += size;
            taken++;
            taken += PutWhole(burst[taken..], ref bytes);
        }

        return taken;
    }

    /// <summary>Puts packets of one buffer each, until one is anything else or the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PutWhole(ReadOnlySpan<PacketBuffer> burst, ref long bytes)
    {
        // The ring's place and size, in registers; what moves is written back.
        FrontRing<TransmitRequest, TransmitResponse> ring = Ring;
        uint producer = ring.RequestProducer;
        int most = Math.Min(burst.Length, ring.Free);
        int taken = 0;
        long sum = 0;
        for (; taken < most; taken++)
        {
            PacketBuffer buffer = burst[taken];
            if (buffer.Next is not null)
                break;
            int length = buffer.Length;
            sum += length;
            Fill(ref ring.Request(producer++), buffer, buffer.Index, FirstFlags(buffer), length);
        }

        Ring.RequestProducer = producer;
        bytes += sum;
        return taken;
    }

    private void Publish()
    {
        if (Ring.Publish())
            _events.Send(_port, _counters);
        else
            _counters.Count(PathEvent.NotificationSuppressed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FirstFlags(PacketBuffer buffer) => buffer.ChecksumStart != 0 ? TransmitChecksumBlank : 0;

    /// <summary>Fills a slot with one buffer, whole or a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(ref TransmitRequest request, PacketBuffer buffer, int page, uint flags, int size)
    {
        int index = buffer.Index;
        _transmitting[index] = true;
        request.Grant = _grants[page];
        request.OffsetAndFlags = (uint)buffer.Offset | (flags << 16);
        request.IdAndSize = (uint)index | ((uint)size << 16);
    }

    /// <summary>Puts a packet that lies in several buffers, or for which room must be made: the first slot tells the whole size, the others
    /// their own.</summary>
    /// <returns>Its bytes; 0 if the back end cannot gather it, and it was dropped; -1 if there is no room.</returns>
    private int TryPutPieces(PacketBuffer first)
    {
        int pieces = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
            pieces++;
        int total = NicFrame.LengthOf(first);
        if ((pieces > 1 && !_gathers) || pieces > MostPieces || total > ushort.MaxValue)
        {
            _counters.Count(PathEvent.Overrun);
            first.Release();
            return 0;
        }

        bool isCut = first.SegmentSize != 0;
        int slots = isCut ? pieces + 1 : pieces;
        if (Ring.Free < slots && !TryMakeRoom(slots))
            return -1;
        uint flags = FirstFlags(first) | (isCut ? TransmitExtraInfo : 0);
        int size = total;
        for (PacketBuffer? piece = first; piece is not null;)
        {
            PacketBuffer? next = piece.Next;
            // Each piece comes back by itself.
            piece.Next = null;
            uint more = next is null ? 0 : TransmitMoreData;
            Fill(ref Ring.Request(Ring.RequestProducer++), piece, piece.PageIndex, flags | more, size);
            if ((flags & TransmitExtraInfo) != 0)
                Describe(first);
            flags = 0;
            piece = next;
            size = piece?.Length ?? 0;
        }

        return total;
    }

    /// <summary>Asks in a slot of its own, behind the first, for the packet to be cut into segments.</summary>
    private void Describe(PacketBuffer first)
    {
        ref TransmitRequest slot = ref Ring.Request(Ring.RequestProducer++);
        slot.Grant = ExtraTypeSegmentation | ((uint)first.SegmentSize << 16);
        slot.OffsetAndFlags = first.IsIpv6 ? SegmentationTcpV6 : SegmentationTcpV4;
        slot.IdAndSize = 0;
        _descriptions++;
    }

    /// <summary>Takes back what was sent, and asks to be told of more if that is not enough.</summary>
    /// <returns>Whether <paramref name="wanted"/> slots are free now.</returns>
    private bool TryMakeRoom(int wanted)
    {
        TakeSent();
        if (Ring.Free >= wanted)
            return _owner.IsUp;
        _takeAt = 1;
        // What waits unpublished cannot be answered; publish it, or nothing would ever become free.
        if (_owner.IsUp && Ring.HasUnpublished)
            Publish();
        return false;
    }

    /// <summary>Takes back what was sent.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool TakeSent()
    {
        if (!Ring.TryCount(out int count))
        {
            _owner.Refuse("it answers requests that were not made");
            return false;
        }

        if (count == 0)
            return false;
        _takeAt = _slack;
        for (uint end = Ring.ResponseConsumer + (uint)count; Ring.ResponseConsumer != end && TryTakeOne();)
        {
        }

        return true;
    }

    /// <summary>Takes the next answer, of whatever kind, and gives back to the pool what comes back by it.</summary>
    /// <returns>False if it cannot be; the back end was refused.</returns>
    public bool TryTakeOne()
    {
        TransmitResponse response = Ring.Response(Ring.ResponseConsumer);
        if (TryTakeBuffer(response, _transmitting.Length, out int index))
            _pool.Find(index).Release();
        else if (!TryTakeDescription(response))
            return false;
        Ring.ResponseConsumer++;
        return true;
    }

    /// <summary>Takes back the buffer, or the part of one, that an answer is for.</summary>
    /// <param name="response">The answer's copy.</param>
    /// <param name="limit">Indices from here on are none of the caller's: <see cref="TryTakeOne"/> takes them. At most as many as there are.</param>
    /// <param name="index">Its index.</param>
    /// <returns>False if the answer is of another kind, or cannot be.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeBuffer(TransmitResponse response, int limit, out int index)
    {
        bool[] transmitting = _transmitting;
        index = (int)response.Id;
        if ((uint)(response.Status - LowestStatus) > StatusOkay - LowestStatus || (uint)index >= (uint)limit || !transmitting[index])
            return false;
        transmitting[index] = false;
        return true;
    }

    // The id of such an answer is whatever lay in the slot before.
    private bool TryTakeDescription(TransmitResponse response)
    {
        if ((uint)(response.Status - LowestStatus) <= StatusOkay - LowestStatus)
            return _owner.RefuseResponse("it answers for an id that is not in flight");
        if (response.Status != StatusNull || _descriptions == 0)
            return _owner.RefuseResponse("it answers with an unknown status");
        _descriptions--;
        return true;
    }
}
