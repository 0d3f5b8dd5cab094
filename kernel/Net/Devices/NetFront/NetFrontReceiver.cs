using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

/// <summary>The receive side of a network front end: its ring, and which buffer lies in which slot.</summary>
internal sealed unsafe class NetFrontReceiver
{
    /// <summary>Events in a row, each without any work, after which the back end is held to be hostile.</summary>
    private const int StormLimit = 1000;

    /// <summary>Its number among the queues whose events are counted.</summary>
    private const int ReceiveQueue = 0;

    private readonly NetFront _owner;
    private readonly EventChannels _events;
    private readonly PathCounters _counters;
    private readonly PacketPool _pool;
    private readonly uint[] _grants;
    private readonly NetFrontTransmitter _transmitter;

    /// <summary>How many requests are kept in the ring: all, or half of a small pool.</summary>
    private readonly int _target;

    /// <summary>When so few wait for arrivals, new ones are made: a burst of them costs less than each alone.</summary>
    private readonly uint _refillAt;

    /// <summary>The pool's index of the buffer in each slot, which is also its request's id; only slots in flight count.</summary>
    private SlotTable _receiving;
    private int _port;
    private int _idleEvents;

    /// <summary>Makes the side of a front end that is not connected.</summary>
    /// <param name="owner">The front end.</param>
    /// <param name="events">How the back end is told.</param>
    /// <param name="grants">The grants of the pool's buffers.</param>
    /// <param name="transmitter">Whose buffers, once sent, are received into.</param>
    /// <param name="slack">How many buffers may gather there before they are needed here.</param>
    public NetFrontReceiver(NetFront owner, EventChannels events, NetFrontGrants grants, NetFrontTransmitter transmitter, int slack)
    {
        _owner = owner;
        _events = events;
        _counters = owner.Counters.Queue(ReceiveQueue);
        _pool = owner.Pool;
        _grants = grants.References;
        _transmitter = transmitter;
        _target = Math.Min(RingSlots, _pool.Count / 2);

        // Refilled before what was sent is taken back: what was sent then is taken into the ring without the pool between.
        _refillAt = (uint)(_target - Math.Max(1, slack / 2));
    }

    /// <summary>The ring.</summary>
    public FrontRing<ReceiveRequest, ReceiveResponse> Ring;

    /// <summary>Whether there were too few buffers when the ring was last filled.</summary>
    public bool IsStarved { get; private set; }

    /// <summary>Whether the back end sent an event since the last <see cref="Receive"/>.</summary>
    public bool Interrupted { get; set; }

    /// <summary>Whether there may be anything for <see cref="Receive"/>: every second pass finds nothing, and goes no further than this.</summary>
    public bool HasWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !Ring.IsEmpty || _transmitter.IsWorthTaking || Interrupted || IsStarved;
    }

    /// <summary>Begins a connection, with a full ring that the back end may look into.</summary>
    /// <param name="page">The ring's page, zeroed.</param>
    /// <param name="port">The event channel by which the back end is told.</param>
    public void Start(byte* page, int port)
    {
        Ring.Initialize(page);
        _port = port;
        _idleEvents = 0;
        Interrupted = false;
        Refill();
        Ring.Publish();
    }

    /// <summary>Takes back the buffers in the ring, whose connection has ended.</summary>
    public void Stop(NetFrontGrants grants)
    {
        for (; Ring.ResponseConsumer != Ring.RequestProducer; Ring.ResponseConsumer++)
            grants.TakeBack(_pool[_receiving.Buffer[(byte)Ring.ResponseConsumer]]);
    }

    /// <summary>Takes packets, takes back what was sent, and gives the back end buffers in their place.</summary>
    /// <returns>How many packets were put into <paramref name="burst"/>.</returns>
    public int Receive(Span<PacketBuffer> burst)
    {
        bool takenBack = _transmitter.IsWorthTaking && _transmitter.TakeSent();
        if (!Ring.TryCount(out int available))
            _owner.Refuse("it answers receive requests that were not made");
        if (!_owner.IsUp)
            return 0;
        int taken = 0;
        if (available != 0)
        {
            _idleEvents = 0;
            taken = Take(burst, available);
        }
        else if (Interrupted && !takenBack)
        {
            OnEventWithoutWork();
        }

        Interrupted = false;
        // Buffers may have come back to a pool that was empty.
        if (_owner.IsUp && (Ring.Waiting <= _refillAt || IsStarved) && Refill())
            Publish();
        // What arrived during this burst has been served by it: its event, left pending, would end the next sleep as it begins, for one more pass
        // that finds nothing. What others fired is for the run loop (docs/decisions/0022).
        _events.Forget(_port);
        return taken;
    }

    /// <summary>Counts an event that brought nothing, and refuses a back end that sends little else.</summary>
    private void OnEventWithoutWork()
    {
        _counters.Count(PathEvent.SpuriousInterrupt);
        if (++_idleEvents >= StormLimit)
            _owner.Refuse("a storm of events without work");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(Span<PacketBuffer> burst, int available)
    {
        uint end = Ring.ResponseConsumer + (uint)available;
        long bytes = 0;
        int taken = TakeWhole(burst, end, ref bytes);
        if (taken < burst.Length && Ring.ResponseConsumer != end)
            taken = TakeMixed(burst, taken, end, ref bytes);
        if (taken != 0)
        {
            _counters.Count(PathEvent.Received, taken);
            _counters.Count(PathEvent.ReceivedBytes, bytes);
            _counters.Count(PathEvent.Burst);
        }

        return taken;
    }

    /// <summary>Takes packets where the next one is no packet of one slot.</summary>
    private int TakeMixed(Span<PacketBuffer> burst, int taken, uint end, ref long bytes)
    {
        while (taken < burst.Length && Ring.ResponseConsumer != end && TryTakePieces(end, out PacketBuffer? packet))
        {
            if (packet is not null)
            {
                bytes += NicFrame.LengthOf(packet);
                burst[taken++] = packet;
            }

            taken += TakeWhole(burst[taken..], end, ref bytes);
        }

        return taken;
    }

    /// <summary>Takes packets of one slot each, until one is anything else or the burst is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeWhole(Span<PacketBuffer> burst, uint end, ref long bytes)
    {
        // The ring's place and size, in registers; what moves is written back.
        FrontRing<ReceiveRequest, ReceiveResponse> ring = Ring;
        uint consumer = ring.ResponseConsumer;
        int most = Math.Min(burst.Length, (int)(end - consumer));
        int taken = 0;
        long sum = 0;
        for (; taken < most; taken++)
        {
            ReceiveResponse response = ring.Response(consumer);
            int length = response.Status;
            if (!response.IsPlain || response.Id != _receiving.Buffer[(byte)consumer] || !Fits(response.Offset, length))
                break;
            burst[taken] = Describe(response);
            consumer++;
            sum += length;
        }

        Ring.ResponseConsumer = consumer;
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

    /// <summary>Puts requests into the ring, in slot order: with buffers that were sent, as far as there are, and that never see the pool; then
    /// from the pool.</summary>
    /// <returns>Whether there are new requests.</returns>
    private bool Refill()
    {
        uint start = Ring.RequestProducer;
        uint end = Ring.ResponseConsumer + (uint)_target;
        PostSent(end);
        if (Ring.RequestProducer != end)
            PostFree(end);
        IsStarved = Ring.RequestProducer != end;
        _counters.Count(PathEvent.Descriptor, Ring.RequestProducer - start);
        return _owner.IsUp && Ring.RequestProducer != start;
    }

    /// <summary>Puts the buffers that were sent into the ring, up to a request.</summary>
    private void PostSent(uint end)
    {
        if (!_transmitter.Ring.TryCount(out int answered))
        {
            _owner.Refuse("it answers requests that were not made");
            return;
        }

        // A part has no page of its own to receive into, a description nothing at all.
        uint last = _transmitter.Ring.ResponseConsumer + (uint)answered;
        while (PostPages(end, last) && _transmitter.TryTakeOne())
        {
        }
    }

    /// <summary>Puts pages that were sent into the ring.</summary>
    /// <param name="end">Up to this request.</param>
    /// <param name="last">And up to this answer.</param>
    /// <returns>Whether it ended before both, at an answer that is for no page.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool PostPages(uint end, uint last)
    {
        NetFrontTransmitter transmitter = _transmitter;
        FrontRing<TransmitRequest, TransmitResponse> sent = transmitter.Ring;
        FrontRing<ReceiveRequest, ReceiveResponse> ring = Ring;
        uint[] grants = _grants;
        uint consumer = sent.ResponseConsumer;
        uint producer = ring.RequestProducer;
        for (; producer != end && consumer != last; consumer++)
        {
            if (!transmitter.TryTakeBuffer(sent.Response(consumer), grants.Length, out int index))
                break;
            Post(ref ring.Request(producer), (byte)producer, index, grants[index]);
            producer++;
        }

        transmitter.Ring.ResponseConsumer = consumer;
        Ring.RequestProducer = producer;
        return producer != end && consumer != last;
    }

    private void PostFree(uint end)
    {
        FrontRing<ReceiveRequest, ReceiveResponse> ring = Ring;
        uint producer = ring.RequestProducer;
        while (producer != end && _pool.TryTake() is { } buffer)
        {
            Post(ref ring.Request(producer), (byte)producer, buffer.Index, _grants[buffer.Index]);
            producer++;
        }

        Ring.RequestProducer = producer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Post(ref ReceiveRequest request, byte slot, int index, uint grant)
    {
        _receiving.Buffer[slot] = (ushort)index;
        request.Id = (uint)index;
        request.Grant = grant;
    }

    /// <summary>Judges one response.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="response">The response's copy.</param>
    /// <param name="buffer">The buffer, which leaves the slot; null if the back end reports that nothing arrived in it.</param>
    /// <returns>False if it cannot be; the back end was refused then, and the buffer is still in its slot.</returns>
    private bool TryTakePiece(byte slot, ReceiveResponse response, out PacketBuffer? buffer)
    {
        buffer = null;
        if (response.Id != _receiving.Buffer[slot])
            return _owner.RefuseResponse("it received into an id out of turn");
        if (response.Status <= 0)
            return TryTakeError(slot, response.Status);
        if (!Fits(response.Offset, response.Status))
            return _owner.RefuseResponse("it received beyond the buffer");
        buffer = Describe(response);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits(int offset, int length) => length > 0 && offset + length <= PacketBuffer.Capacity;

    /// <summary>Writes into the buffer what a response says of it that was judged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PacketBuffer Describe(ReceiveResponse response)
    {
        PacketBuffer buffer = _pool[(int)response.Id];
        buffer.Offset = response.Offset;
        buffer.Length = response.Status;
        buffer.ChecksumStart = 0;
        buffer.ChecksumVerified = response.IsChecksumGood;
        return buffer;
    }

    /// <summary>Takes a buffer in which nothing arrived back: the back end lost that packet, and says so.</summary>
    private bool TryTakeError(byte slot, int status)
    {
        if (status < LowestStatus)
            return _owner.RefuseResponse("it received with an unknown status");
        _counters.Count(PathEvent.Overrun);
        _pool[_receiving.Buffer[slot]].Release();
        return true;
    }

    /// <summary>Takes the next packet, whatever it is made of: several slots, descriptions behind the first, an error; and moves past its
    /// slots.</summary>
    /// <param name="end">The first response that is not there yet.</param>
    /// <param name="packet">The packet, or null if the back end lost a piece of it.</param>
    /// <returns>False if the back end was refused.</returns>
    private bool TryTakePieces(uint end, out PacketBuffer? packet)
    {
        packet = null;
        PacketBuffer? last = null;
        bool whole = true;
        for (int pieces = 1; ; pieces++)
        {
            ReceiveResponse response = Ring.Response(Ring.ResponseConsumer);
            if (!TryTakePiece((byte)Ring.ResponseConsumer, response, out PacketBuffer? buffer))
                break;
            Ring.ResponseConsumer++;
            whole &= buffer is not null;
            if (buffer is not null && last is not null)
                last.Next = buffer;
            packet ??= buffer;
            last = buffer ?? last;
            if (pieces == 1 && response.HasExtras && !TryTakeExtras(end, packet))
                break;
            if (!response.HasMore)
            {
                if (!whole)
                    Drop(ref packet);
                return true;
            }

            if (Ring.ResponseConsumer == end || pieces > MostPieces)
            {
                _owner.Refuse("its packet has no end");
                break;
            }
        }

        Drop(ref packet);
        return false;
    }

    /// <summary>Takes the descriptions behind a packet's first slot, of which one matters: that it is segments that were merged. Their slots' buffers
    /// hold nothing.</summary>
    private bool TryTakeExtras(uint end, PacketBuffer? packet)
    {
        while (Ring.ResponseConsumer != end)
        {
            ReceiveResponse extra = Ring.Response(Ring.ResponseConsumer);
            if (extra.ExtraType is 0 or >= ExtraTypes)
                break;
            if (extra.ExtraType == ExtraTypeSegmentation)
                packet?.NoteMerged(extra.SegmentSize);
            _pool[_receiving.Buffer[(byte)Ring.ResponseConsumer++]].Release();
            if (!extra.ExtraFollows)
                return true;
        }

        return _owner.RefuseResponse("it describes a packet in an unknown way");
    }

    private static void Drop(ref PacketBuffer? packet)
    {
        packet?.Release();
        packet = null;
    }

    /// <summary>A number for each slot of a ring. A slot is a byte, so that every index is one of these.</summary>
    private struct SlotTable
    {
        public fixed ushort Buffer[RingSlots];
    }
}
