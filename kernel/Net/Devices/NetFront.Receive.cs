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
        // Events are looked at by a machine that idles; one that is never idle for packets must do it here.
        Domain.Events.Dispatch();
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(Span<PacketBuffer> burst, int available)
    {
        int taken = 0;
        long bytes = 0;
        // The ring's place and size, in registers; what moves is written back.
        FrontRing<ReceiveRequest, ReceiveResponse> ring = _receive;
        uint consumer = ring.ResponseConsumer;
        for (uint end = consumer + (uint)available; consumer != end && taken < burst.Length;)
        {
            ReceiveResponse response = ring.Response(consumer);
            if (!response.IsPlain)
            {
                _receive.ResponseConsumer = consumer;
                bool possible = TryTakePieces(response, end, out PacketBuffer? packet);
                consumer = _receive.ResponseConsumer;
                if (!possible)
                    break;
                if (packet is null)
                    continue;
                bytes += LengthOf(packet);
                burst[taken++] = packet;
                continue;
            }

            if (!TryTakePiece((byte)consumer, response, out PacketBuffer? buffer))
                break;
            consumer++;
            if (buffer is null)
                continue;
            bytes += response.Status;
            burst[taken++] = buffer;
        }

        _receive.ResponseConsumer = consumer;
        if (taken != 0)
        {
            Counters.Count(PathEvent.Received, taken);
            Counters.Count(PathEvent.ReceivedBytes, bytes);
            Counters.Count(PathEvent.Burst);
        }

        return taken;
    }

    private void PublishReceive()
    {
        if (_receive.Publish())
            Domain.Events.Send(_receivePort, Counters);
        else
            Counters.Count(PathEvent.NotificationSuppressed);
    }

    /// <summary>Puts requests into the ring, in slot order.</summary>
    /// <returns>Whether there are new requests.</returns>
    private bool Refill()
    {
        FrontRing<ReceiveRequest, ReceiveResponse> ring = _receive;
        uint start = ring.RequestProducer;
        uint end = ring.ResponseConsumer + (uint)_receiveTarget;
        uint producer = start;
        while (producer != end)
        {
            PacketBuffer? buffer = _pool.TryTake();
            if (buffer is null)
                break;
            int index = buffer.Index;
            _receiving.Buffer[(byte)producer] = (ushort)index;
            ref ReceiveRequest request = ref ring.Request(producer++);
            request.Id = (uint)index;
            request.Grant = _grants[index];
        }

        _receiveStarved = producer != end;
        _receive.RequestProducer = producer;
        Counters.Count(PathEvent.Descriptor, producer - start);
        return producer != start;
    }

    /// <summary>Judges one response, and describes its bytes in the slot's buffer.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="response">The response's copy.</param>
    /// <param name="buffer">The buffer, which leaves the slot; null if the back end reports that nothing arrived in it.</param>
    /// <returns>False if it cannot be; the back end was refused then, and the buffer is still in its slot.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakePiece(byte slot, ReceiveResponse response, out PacketBuffer? buffer)
    {
        int offset = response.Offset;
        int length = response.Status;
        buffer = null;
        if (response.Id != _receiving.Buffer[slot])
            return RefuseResponse("it received into an id out of turn");
        if (length <= 0)
            return TryTakeError(slot, length);
        if (offset + length > PacketBuffer.Capacity)
            return RefuseResponse("it received beyond the buffer");
        buffer = _pool[(int)response.Id];
        buffer.Offset = offset;
        buffer.Length = length;
        buffer.ChecksumVerified = response.IsChecksumGood;
        return true;
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

    /// <summary>Takes a packet that lies in several slots, or has descriptions behind its first, and moves past its slots.</summary>
    /// <param name="response">The first slot's response.</param>
    /// <param name="end">The first response that is not there yet.</param>
    /// <param name="packet">The packet, or null if the back end lost a piece of it.</param>
    /// <returns>False if the back end was refused.</returns>
    private bool TryTakePieces(ReceiveResponse response, uint end, out PacketBuffer? packet)
    {
        packet = null;
        PacketBuffer? last = null;
        bool whole = true;
        for (int pieces = 1; ; pieces++)
        {
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

            response = _receive.Response(_receive.ResponseConsumer);
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
