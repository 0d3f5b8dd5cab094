using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

public sealed unsafe partial class NetFront
{
    private const uint SlotMask = RingSlots - 1;

    private readonly PacketBuffer?[] _receiving = new PacketBuffer?[RingSlots];
    private FrontRing<ReceiveRequest, ReceiveResponse> _receive;

    /// <summary>Of the packet being taken: a bit for each slot, counted from its first, that holds a description and no data.</summary>
    private ulong _extraSlots;

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst)
    {
        if (!_up)
            return 0;
        bool interrupted = _interrupted;
        _interrupted = false;
        bool worked = Reap();
        if (!_receive.TryCount(out int available))
            Refuse("it answers receive requests that were not made");
        if (!_up)
            return 0;
        if (available == 0)
        {
            if (interrupted && !worked)
                OnIdleEvent();
            // Buffers may have come back to an empty pool.
            if (_receive.RequestProducer - _receive.ResponseConsumer < (uint)ReceiveTarget && Refill())
                PublishReceive();
            return 0;
        }

        _idleEvents = 0;
        int taken = 0;
        long bytes = 0;
        while (available > 0 && taken < burst.Length)
        {
            uint slot = _receive.ResponseConsumer & SlotMask;
            ReceiveResponse response = _receive.Response(_receive.ResponseConsumer);
            if ((response.Flags & (ReceiveMoreData | ReceiveExtraInfo)) != 0)
            {
                int used = TakePieces(response, available, out PacketBuffer? packet, ref bytes);
                if (used == 0)
                    break;
                available -= used;
                if (packet is not null)
                    burst[taken++] = packet;
                continue;
            }

            if (!TryTakePiece(slot, response, out PacketBuffer? buffer))
                break;
            available--;
            _receive.ResponseConsumer++;
            if (buffer is null)
                continue;
            _receiving[slot] = null;
            bytes += buffer.Length;
            burst[taken++] = buffer;
        }

        if (_up && Refill())
            PublishReceive();
        if (taken != 0)
        {
            Counters.Count(PathEvent.Received, taken);
            Counters.Count(PathEvent.ReceivedBytes, bytes);
            Counters.Count(PathEvent.Burst);
        }

        return taken;
    }

    /// <summary>How many requests are kept in the ring: all, or half of a small pool.</summary>
    private int ReceiveTarget => Math.Min(RingSlots, _pool.Count / 2);

    private void PublishReceive()
    {
        if (_receive.Publish())
            Domain.Events.Send(_receivePort, Counters);
        else
            Counters.Count(PathEvent.NotificationSuppressed);
    }

    /// <summary>Puts requests into the ring, in slot order. A slot whose buffer was not used keeps it.</summary>
    /// <returns>Whether there are new requests.</returns>
    private bool Refill()
    {
        uint start = _receive.RequestProducer;
        uint end = _receive.ResponseConsumer + (uint)ReceiveTarget;
        uint producer = start;
        while (producer != end)
        {
            uint slot = producer & SlotMask;
            PacketBuffer? buffer = _receiving[slot] ??= _pool.TryTake();
            if (buffer is null)
                break;
            ref ReceiveRequest request = ref _receive.Request(producer++);
            request.Id = slot;
            request.Grant = _grants[buffer.Index];
        }

        _receive.RequestProducer = producer;
        Counters.Count(PathEvent.Descriptor, producer - start);
        return producer != start;
    }

    /// <summary>Judges one response, and describes its bytes in the slot's buffer.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="response">The response's copy.</param>
    /// <param name="buffer">The buffer, or null if the back end reports that nothing arrived in it.</param>
    /// <returns>False if it cannot be; the back end was refused then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakePiece(uint slot, ReceiveResponse response, out PacketBuffer? buffer)
    {
        buffer = _receiving[slot];
        int offset = response.Offset;
        int length = response.Status;
        if (response.Id != slot || buffer is null || offset + length > PacketBuffer.Capacity)
        {
            Refuse(response.Id != slot ? "it received into an id out of turn" : "it received beyond the buffer");
            return false;
        }

        if (length <= 0)
        {
            Counters.Count(PathEvent.Overrun);
            buffer = null;
            return true;
        }

        buffer.Offset = offset;
        buffer.Length = length;
        buffer.ChecksumVerified = (response.Flags & ReceiveChecksumGood) != 0;
        return true;
    }

    /// <summary>Takes a packet that lies in several slots, or has descriptions behind its first.</summary>
    /// <returns>How many slots it took, or 0 if the back end was refused.</returns>
    private int TakePieces(ReceiveResponse response, int available, out PacketBuffer? packet, ref long bytes)
    {
        packet = null;
        PacketBuffer? last = null;
        bool whole = true;
        int used = 0;
        for (int pieces = 1; ; pieces++)
        {
            uint slot = (_receive.ResponseConsumer + (uint)used) & SlotMask;
            if (!TryTakePiece(slot, response, out PacketBuffer? buffer))
                return GiveUp(packet, null);
            used++;
            whole &= buffer is not null;
            if (buffer is not null && last is not null)
                last.Next = buffer;
            packet ??= buffer;
            last = buffer ?? last;
            if (pieces == 1 && (response.Flags & ReceiveExtraInfo) != 0 && !TrySkipExtras(ref used, available))
                return GiveUp(packet, "it describes a packet in an unknown way");
            if ((response.Flags & ReceiveMoreData) == 0)
                break;
            if (used >= available || pieces > MostPieces)
                return GiveUp(packet, "its packet has no end");
            response = _receive.Response(_receive.ResponseConsumer + (uint)used);
        }

        if (!whole)
        {
            Unlink(packet);
            packet = null;
        }

        for (PacketBuffer? piece = packet; piece is not null; piece = piece.Next)
            bytes += piece.Length;
        Detach((uint)used, whole);
        return used;
    }

    /// <summary>Steps over the descriptions behind a packet's first slot; none of them matters to a stack that takes large packets as
    /// they are.</summary>
    private bool TrySkipExtras(ref int used, int available)
    {
        while (used < available && used < 64)
        {
            ReceiveResponse extra = _receive.Response(_receive.ResponseConsumer + (uint)used++);
            if (extra.ExtraType is 0 or >= ExtraTypes)
                return false;
            _extraSlots |= 1UL << (used - 1);
            if (!extra.ExtraFollows)
                return true;
        }

        return false;
    }

    /// <summary>Moves past the slots of a packet; the buffers that it used leave their slots with it.</summary>
    private void Detach(uint used, bool whole)
    {
        for (uint i = 0; whole && i < used; i++)
        {
            if ((_extraSlots & (1UL << (int)i)) == 0)
                _receiving[(_receive.ResponseConsumer + i) & SlotMask] = null;
        }

        _extraSlots = 0;
        _receive.ResponseConsumer += used;
    }

    private int GiveUp(PacketBuffer? packet, string? why)
    {
        if (why is not null)
            Refuse(why);
        // The buffers are still in their slots, and each must be alone there.
        Unlink(packet);
        _extraSlots = 0;
        return 0;
    }

    private static void Unlink(PacketBuffer? packet)
    {
        while (packet is not null)
        {
            PacketBuffer? next = packet.Next;
            packet.Next = null;
            packet = next;
        }
    }
}
