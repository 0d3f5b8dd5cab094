using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

public sealed unsafe partial class NetFront
{
    /// <summary>How many requests are kept in the ring: all, or half of a small pool.</summary>
    private readonly int _receiveTarget;

    /// <summary>When so few wait for arrivals, new ones are made: a burst of them costs less than each alone.</summary>
    private readonly uint _receiveRefill;

    private FrontRing<ReceiveRequest, ReceiveResponse> _receive;

    /// <summary>The pool's index of the buffer in each slot, which is also its request's id; only slots in flight count.</summary>
    private SlotTable _receiving;

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst)
    {
        // Every second call finds nothing, and is told so without going further than this.
        if (!_up || (_receive.IsEmpty && _transmit.Answered < (uint)_transmitReap && !_interrupted && !_receiveStarved))
            return 0;
        return ReceiveSome(burst);
    }

    private int ReceiveSome(Span<PacketBuffer> burst)
    {
        bool reaped = _transmit.Answered >= (uint)_transmitReap && Reap();
        if (!_receive.TryCount(out int available))
            Refuse("it answers receive requests that were not made");
        if (!_up)
            return 0;
        int taken = 0;
        if (available != 0)
        {
            _idleEvents = 0;
            taken = Take(burst, available);
        }
        else if (_interrupted && !reaped)
        {
            OnEventWithoutWork();
        }

        _interrupted = false;
        // Buffers may have come back to a pool that was empty.
        if (_up && (_receive.Waiting <= _receiveRefill || _receiveStarved) && Refill())
            PublishReceive();
        // The run loop listens by itself (docs/decisions/0022). But what fired during this burst has been served by it: left pending, it would
        // end the next sleep as it begins, for one more pass that finds nothing.
        Domain.Events.Dispatch();
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(Span<PacketBuffer> burst, int available)
    {
        uint end = _receive.ResponseConsumer + (uint)available;
        long bytes = 0;
        int taken = TakeWhole(burst, end, ref bytes);
        if (taken < burst.Length && _receive.ResponseConsumer != end)
            taken = TakeMixed(burst, taken, end, ref bytes);
        if (taken != 0)
        {
            Counters.Count(PathEvent.Received, taken);
            Counters.Count(PathEvent.ReceivedBytes, bytes);
            Counters.Count(PathEvent.Burst);
        }

        return taken;
    }

    /// <summary>Takes packets where the next one is no packet of one slot.</summary>
    private int TakeMixed(Span<PacketBuffer> burst, int taken, uint end, ref long bytes)
    {
        while (taken < burst.Length && _receive.ResponseConsumer != end && TryTakePieces(end, out PacketBuffer? packet))
        {
            if (packet is not null)
            {
                bytes += LengthOf(packet);
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
        FrontRing<ReceiveRequest, ReceiveResponse> ring = _receive;
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

        _receive.ResponseConsumer = consumer;
        bytes += sum;
        return taken;
    }

    private void PublishReceive()
    {
        if (_receive.Publish())
            Domain.Events.Send(_receivePort, Counters);
        else
            Counters.Count(PathEvent.NotificationSuppressed);
    }

    /// <summary>Puts requests into the ring, in slot order: with buffers that were sent, as far as there are, and that never see the pool; then
    /// from the pool.</summary>
    /// <returns>Whether there are new requests.</returns>
    private bool Refill()
    {
        uint start = _receive.RequestProducer;
        uint end = _receive.ResponseConsumer + (uint)_receiveTarget;
        PostSent(end);
        if (_receive.RequestProducer != end)
            PostFree(end);
        _receiveStarved = _receive.RequestProducer != end;
        Counters.Count(PathEvent.Descriptor, _receive.RequestProducer - start);
        return _up && _receive.RequestProducer != start;
    }

    private void PostSent(uint end)
    {
        if (!_transmit.TryCount(out int answered))
        {
            Refuse("it answers requests that were not made");
            return;
        }

        FrontRing<TransmitRequest, TransmitResponse> sent = _transmit;
        FrontRing<ReceiveRequest, ReceiveResponse> ring = _receive;
        uint consumer = sent.ResponseConsumer;
        uint producer = ring.RequestProducer;
        for (uint last = consumer + (uint)answered; producer != end && consumer != last; consumer++)
        {
            if (!TryTakeSent(sent.Response(consumer), out int index))
                break;
            Post(ref ring.Request(producer), (byte)producer, index);
            producer++;
        }

        _transmit.ResponseConsumer = consumer;
        _receive.RequestProducer = producer;
    }

    private void PostFree(uint end)
    {
        FrontRing<ReceiveRequest, ReceiveResponse> ring = _receive;
        uint producer = ring.RequestProducer;
        while (producer != end && _pool.TryTake() is { } buffer)
        {
            Post(ref ring.Request(producer), (byte)producer, buffer.Index);
            producer++;
        }

        _receive.RequestProducer = producer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Post(ref ReceiveRequest request, byte slot, int index)
    {
        _receiving.Buffer[slot] = (ushort)index;
        request.Id = (uint)index;
        request.Grant = _grants[index];
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
            return RefuseResponse("it received into an id out of turn");
        if (response.Status <= 0)
            return TryTakeError(slot, response.Status);
        if (!Fits(response.Offset, response.Status))
            return RefuseResponse("it received beyond the buffer");
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
            return RefuseResponse("it received with an unknown status");
        Counters.Count(PathEvent.Overrun);
        _pool[_receiving.Buffer[slot]].Release();
        return true;
    }

    /// <returns>False.</returns>
    private bool RefuseResponse(string why)
    {
        Refuse(why);
        return false;
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
            ReceiveResponse response = _receive.Response(_receive.ResponseConsumer);
            if (!TryTakePiece((byte)_receive.ResponseConsumer, response, out PacketBuffer? buffer))
                break;
            _receive.ResponseConsumer++;
            whole &= buffer is not null;
            if (buffer is not null && last is not null)
                last.Next = buffer;
            packet ??= buffer;
            last = buffer ?? last;
            if (pieces == 1 && response.HasExtras && !TrySkipExtras(end))
                break;
            if (!response.HasMore)
            {
                if (!whole)
                    Drop(ref packet);
                return true;
            }

            if (_receive.ResponseConsumer == end || pieces > MostPieces)
            {
                Refuse("its packet has no end");
                break;
            }
        }

        Drop(ref packet);
        return false;
    }

    /// <summary>Steps over the descriptions behind a packet's first slot; none of them matters to a stack that takes large packets as
    /// they are. Their slots' buffers hold nothing.</summary>
    private bool TrySkipExtras(uint end)
    {
        while (_receive.ResponseConsumer != end)
        {
            ReceiveResponse extra = _receive.Response(_receive.ResponseConsumer);
            if (extra.ExtraType is 0 or >= ExtraTypes)
                break;
            _pool[_receiving.Buffer[(byte)_receive.ResponseConsumer++]].Release();
            if (!extra.ExtraFollows)
                return true;
        }

        return RefuseResponse("it describes a packet in an unknown way");
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
