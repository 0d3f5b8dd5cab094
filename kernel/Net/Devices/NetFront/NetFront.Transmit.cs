using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

public sealed unsafe partial class NetFront
{
    /// <summary>How many answers gather before buffers are taken back though the ring has room: a burst costs less than each alone.</summary>
    private readonly int _transmitSlack;

    /// <summary>How many answers are worth a look now: <see cref="_transmitSlack"/>, or one while there is no room.</summary>
    private int _transmitReap;

    /// <summary>By the pool's index, which is also the request's id: whether a buffer is on its way.</summary>
    private readonly bool[] _transmitting;

    private FrontRing<TransmitRequest, TransmitResponse> _transmit;
    private bool _gathers;

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!_up)
            return Drop(burst);
        uint start = _transmit.RequestProducer;
        long bytes = 0;
        int taken = PutWhole(burst, ref bytes);
        if (taken < burst.Length)
            taken = PutMixed(burst, taken, ref bytes);
        if (taken != 0)
        {
            Counters.Count(PathEvent.Sent, taken);
            Counters.Count(PathEvent.SentBytes, bytes);
            Counters.Count(PathEvent.Descriptor, _transmit.RequestProducer - start);
        }

        if (!more && _transmit.HasUnpublished)
            PublishTransmit();
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
        FrontRing<TransmitRequest, TransmitResponse> ring = _transmit;
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
            Fill(ref ring.Request(producer++), buffer, FirstFlags(buffer), length);
        }

        _transmit.RequestProducer = producer;
        bytes += sum;
        return taken;
    }

    private void PublishTransmit()
    {
        if (_transmit.Publish())
            Domain.Events.Send(_transmitPort, Counters);
        else
            Counters.Count(PathEvent.NotificationSuppressed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FirstFlags(PacketBuffer buffer) => buffer.ChecksumStart != 0 ? TransmitChecksumBlank : 0;

    /// <summary>Fills a slot with one buffer, whole or a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(ref TransmitRequest request, PacketBuffer buffer, uint flags, int size)
    {
        int index = buffer.Index;
        _transmitting[index] = true;
        request.Grant = _grants[index];
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
        int total = LengthOf(first);
        if ((pieces > 1 && !_gathers) || pieces > MostPieces || total > ushort.MaxValue)
        {
            Counters.Count(PathEvent.Overrun);
            first.Release();
            return 0;
        }

        if (_transmit.Free < pieces && !TryReap(pieces))
            return -1;
        uint flags = FirstFlags(first);
        int size = total;
        for (PacketBuffer? piece = first; piece is not null;)
        {
            PacketBuffer? next = piece.Next;
            // Each piece comes back by itself.
            piece.Next = null;
            uint more = next is null ? 0 : TransmitMoreData;
            Fill(ref _transmit.Request(_transmit.RequestProducer++), piece, flags | more, size);
            flags = 0;
            piece = next;
            size = piece?.Length ?? 0;
        }

        return total;
    }

    private static int LengthOf(PacketBuffer? piece)
    {
        int length = 0;
        for (; piece is not null; piece = piece.Next)
            length += piece.Length;
        return length;
    }

    /// <summary>Takes back what was sent, and asks to be told of more if that is not enough.</summary>
    /// <returns>Whether <paramref name="wanted"/> slots are free now.</returns>
    private bool TryReap(int wanted)
    {
        Reap();
        if (_transmit.Free >= wanted)
            return _up;
        _transmitReap = 1;
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
        _transmitReap = _transmitSlack;
        FrontRing<TransmitRequest, TransmitResponse> ring = _transmit;
        uint consumer = ring.ResponseConsumer;
        for (uint end = consumer + (uint)count; consumer != end && TryTakeSent(ring.Response(consumer), out int index); consumer++)
            _pool[index].Release();
        _transmit.ResponseConsumer = consumer;
        return true;
    }

    /// <summary>Judges one answer.</summary>
    /// <returns>Whether a buffer comes back by it; else the back end was refused.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakeSent(TransmitResponse response, out int index)
    {
        bool[] transmitting = _transmitting;
        index = (int)response.Id;
        if ((uint)index >= (uint)transmitting.Length || !transmitting[index])
            return RefuseResponse("it answers for an id that is not in flight");
        if (response.Status is < LowestStatus or > HighestTransmitStatus)
            return RefuseResponse("it answers with an unknown status");
        transmitting[index] = false;
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
