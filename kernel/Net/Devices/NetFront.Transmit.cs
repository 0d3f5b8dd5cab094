using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

public sealed unsafe partial class NetFront
{
    /// <summary>Slots in each ring: what 12-byte and 8-byte slots leave of a page, as a power of two.</summary>
    private const int RingSlots = 256;

    private readonly PacketBuffer?[] _transmitting = new PacketBuffer?[RingSlots];
    private readonly byte[] _freeIds = new byte[RingSlots];
    private FrontRing<TransmitRequest, TransmitResponse> _transmit;
    private int _freeIdCount;
    private bool _transmitWaits;
    private bool _gathers;

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!_up)
            return Drop(burst);
        int taken = 0;
        int slots = 0;
        long bytes = 0;
        while (taken < burst.Length)
        {
            PacketBuffer buffer = burst[taken];
            if (buffer.Next is null)
            {
                if (_freeIdCount == 0 && !TryReap(1))
                    break;
                uint flags = buffer.ChecksumStart != 0 ? TransmitChecksumBlank : 0;
                Put(buffer, flags, buffer.Length);
                bytes += buffer.Length;
                slots++;
            }
            else
            {
                int pieces = TryPutChain(buffer, ref bytes);
                if (pieces < 0)
                    break;
                slots += pieces;
            }

            taken++;
        }

        if (taken != 0)
        {
            Counters.Count(PathEvent.Sent, taken);
            Counters.Count(PathEvent.SentBytes, bytes);
            Counters.Count(PathEvent.Descriptor, slots);
        }

        if (!more && _transmit.HasUnpublished)
            PublishTransmit();
        return taken;
    }

    private void PublishTransmit()
    {
        if (_transmit.Publish())
            Domain.Events.Send(_transmitPort, Counters);
        else
            Counters.Count(PathEvent.NotificationSuppressed);
    }

    /// <summary>Fills the next slot with one buffer, whole or a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(PacketBuffer buffer, uint flags, int size)
    {
        uint id = _freeIds[--_freeIdCount];
        _transmitting[id] = buffer;
        ref TransmitRequest request = ref _transmit.Request(_transmit.RequestProducer++);
        request.Grant = _grants[buffer.Index];
        request.OffsetAndFlags = (uint)buffer.Offset | (flags << 16);
        request.IdAndSize = id | ((uint)size << 16);
    }

    /// <summary>Puts a packet that lies in several buffers: the first slot tells the whole size, the others their own.</summary>
    /// <returns>How many slots it took (none if the back end cannot gather: it is dropped), or -1 if there is no room.</returns>
    private int TryPutChain(PacketBuffer first, ref long bytes)
    {
        int pieces = 0;
        int total = 0;
        for (PacketBuffer? piece = first; piece is not null; piece = piece.Next)
        {
            pieces++;
            total += piece.Length;
        }

        if (!_gathers || pieces > MostPieces || total > ushort.MaxValue)
        {
            Counters.Count(PathEvent.Overrun);
            first.Release();
            return 0;
        }

        if (_freeIdCount < pieces && !TryReap(pieces))
            return -1;
        uint flags = first.ChecksumStart != 0 ? TransmitChecksumBlank : 0;
        int size = total;
        for (PacketBuffer? piece = first; piece is not null;)
        {
            PacketBuffer? next = piece.Next;
            // Each piece comes back by itself.
            piece.Next = null;
            Put(piece, next is null ? flags : flags | TransmitMoreData, size);
            flags = 0;
            piece = next;
            size = piece?.Length ?? 0;
        }

        bytes += total;
        return pieces;
    }

    /// <summary>Takes back what was sent, and asks to be told of more if that is not enough.</summary>
    /// <returns>Whether <paramref name="wanted"/> slots are free now.</returns>
    private bool TryReap(int wanted)
    {
        Reap();
        if (_freeIdCount >= wanted)
            return true;
        _transmitWaits = true;
        // What waits unpublished cannot be answered; publish it, or nothing would ever become free.
        if (_up && _transmit.HasUnpublished)
            PublishTransmit();
        return false;
    }

    /// <summary>Takes back what was sent.</summary>
    /// <returns>Whether there was anything.</returns>
    private bool Reap()
    {
        if (!_transmit.TryCount(out int count))
        {
            Refuse("it answers requests that were not made");
            return false;
        }

        if (count == 0)
            return false;
        _transmitWaits = false;
        for (int i = 0; i < count; i++)
        {
            TransmitResponse response = _transmit.Response(_transmit.ResponseConsumer);
            uint id = response.Id;
            if (id >= RingSlots || _transmitting[id] is not { } buffer)
            {
                Refuse("it answers for an id that is not in flight");
                return true;
            }

            if (response.Status is < -2 or > 1)
            {
                Refuse("it answers with an unknown status");
                return true;
            }

            _transmit.ResponseConsumer++;
            _transmitting[id] = null;
            _freeIds[_freeIdCount++] = (byte)id;
            buffer.Release();
        }

        return true;
    }

    /// <summary>Without rings, what is sent is lost, as on a cable that is not plugged in.</summary>
    private int Drop(ReadOnlySpan<PacketBuffer> burst)
    {
        foreach (PacketBuffer buffer in burst)
            buffer.Release();
        Counters.Count(PathEvent.Overrun, burst.Length);
        return burst.Length;
    }
}
