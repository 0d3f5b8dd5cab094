using System;
using System.Buffers.Binary;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using static Guest.Net.Devices.NicFrame;
using static Guest.Net.Devices.Rtl8139Register;

namespace Guest.Net.Devices;

/// <summary>The RTL8139 as it was first: one run of memory into which arrivals are written one behind the other, and four slots to send
/// from. Every frame is copied, in and out.</summary>
/// <remarks>
/// <para>The fewest accesses that the chip permits: an interrupt is acknowledged by writing ISR and reading CBR, up to which arrivals are
/// whole; CAPR is written once for a burst of them, and TSD once for each frame to send (the slots' addresses never change). Only
/// when the four slots are full is TSAD read, once for all. CBR is read after ISR is cleared, so an arrival after the read interrupts
/// again, and no register need be polled.</para>
/// <para>What the chip has written into the ring must not be looked at before a register says that it is whole: QEMU writes a frame's
/// header first, while the processor runs.</para>
/// </remarks>
public sealed unsafe class Rtl8139Classic : Rtl8139
{
    private const int RingSize = 32 << 10;        // 64 KiB locks some chips up
    private const int RingPages = (RingSize / DeviceMemory.PageSize) + 1;
    private const int Slots = 4;
    private const int SlotSize = 2048;
    private const int CheckSequence = 4;
    private const int ArrivalHeader = 4;
    private const int LargestArrival = 2048;      // what may be missing at least in a ring that was too full
    private const int PointerBias = 16;           // CAPR lies 16 bytes behind what has been read
    private const int Unfinished = 0xfff0;        // the length of an arrival that the chip is still writing

    private const int StatusROK = 1 << 0;
    private const int StatusErrors = 0x3e;
    private const int StatusReserved = 0x1fc0;

    private readonly byte* _ring = DeviceMemory.AllocatePages(RingPages + (Slots * SlotSize / DeviceMemory.PageSize));
    private readonly byte* _slots;
    private int _read;
    private int _limit;
    private uint _sendHead;
    private uint _sendTail;
    private bool _full;

    /// <summary>Takes a claimed device that may master the bus.</summary>
    public Rtl8139Classic(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
        _slots = _ring + (RingPages * DeviceMemory.PageSize);
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads => NetworkOffloads.None;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = 0;
        if (Running)
        {
            while (taken < burst.Length && TrySend(burst[taken]))
                taken++;
        }

        return taken;
    }

    /// <inheritdoc/>
    public override int Receive(Span<PacketBuffer> burst)
    {
        if (!Running)
        {
            TryRestart();
            return 0;
        }

        BeginPoll();
        if (IsPolledByTime)
            FindArrivals();
        int count = 0;
        long bytes = 0;
        int start = _read;
        while (count < burst.Length && _read != _limit)
        {
            PacketBuffer? frame = Pool.TryTake();
            if (frame is null)
                break; // it stays in the ring until there is a buffer
            CopiedArrival arrival = TakeArrival(frame);
            if (arrival == CopiedArrival.Whole)
            {
                burst[count++] = frame;
                bytes += frame.Length;
                continue;
            }

            frame.Release();
            if (arrival == CopiedArrival.Impossible)
            {
                Refuse("the receive ring is in disorder");
                return count;
            }

            if (arrival == CopiedArrival.Unfinished)
                _limit = _read; // the rest is still being written, and will interrupt
            else
                CountOversized();
        }

        if (_read != start)
            Registers.Write16(CAPR, (ushort)(_read - PointerBias));
        if (HasNews)
            FollowNews();
        if (count != 0)
        {
            NoteArrivals(count, bytes);
        }
        else if (Running)
        {
            Supervise();
        }

        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() => HasNews || (_read != _limit && Pool.Available != 0);

    /// <summary>Whether a frame waits for a slot; the slots are not looked at before, for that costs an access.</summary>
    protected override bool IsSending() => _full;

    /// <inheritdoc/>
    protected override uint FollowSending()
    {
        if (_full)
            ReapSlots();
        return _sendHead;
    }

    /// <inheritdoc/>
    protected override bool ClearArrivals()
    {
        ClearReceiveCauses();
        FindArrivals();
        return _limit != _read;
    }

    /// <inheritdoc/>
    protected override void FindArrivals()
    {
        _limit = Registers.Read16(CBR);
        if (_limit >= RingSize)
            _limit = _read; // nonsense: nothing is there, and a chip that goes on like this makes a storm
        else if ((_limit - _read + RingSize) % RingSize > RingSize - LargestArrival)
            CountMissed();
    }

    /// <inheritdoc/>
    protected override void EmptyRings()
    {
        _read = 0;
        _limit = 0;
        _sendHead = 0;
        _sendTail = 0;
        _full = false;
    }

    /// <inheritdoc/>
    protected override void StartRings()
    {
        Registers.Write32(RBSTART, (uint)DeviceMemory.AddressOf(_ring));
        for (int i = 0; i < Slots; i++)
            Registers.Write32(TSAD0 + (4 * i), (uint)DeviceMemory.AddressOf(_slots + (i * SlotSize)));
        Registers.Write8(CR, CR_RE | CR_TE);
        Registers.Write32(TCR, TCR_IFG | TCR_MXDMA_2048);
        Registers.Write32(RCR, ReceiveConfiguration | RCR_RBLEN_32K);
        Registers.Write16(CAPR, unchecked((ushort)-PointerBias));
    }

    /// <inheritdoc/>
    protected override bool TryStart()
    {
        ulong end = DeviceMemory.AddressOf(_slots) + (Slots * SlotSize);
        if (end > uint.MaxValue)
        {
            Log.Warn(Name, $"cannot reach memory above 4 GiB");
            return false;
        }

        return base.TryStart();
    }

    /// <summary>Copies the arrival at the read pointer, unless it is longer than a frame for this card may be, and moves the pointer.</summary>
    private CopiedArrival TakeArrival(PacketBuffer frame)
    {
        uint header = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(_ring + _read, ArrivalHeader));
        int status = (ushort)header;
        int size = (int)(header >> 16);
        if (size == Unfinished)
            return CopiedArrival.Unfinished;
        int length = size - CheckSequence;
        int step = (ArrivalHeader + size + 3) & ~3;
        int there = (_limit - _read + RingSize) % RingSize;
        if ((status & (StatusROK | StatusErrors | StatusReserved)) != StatusROK || length < HeaderLength || step > there)
            return CopiedArrival.Impossible;
        int start = _read;
        _read = (_read + step) % RingSize;
        if (length > LongestFrame)
            return CopiedArrival.Oversized;
        frame.Length = length;
        Span<byte> data = frame.Data;
        int from = (start + ArrivalHeader) % RingSize;
        int first = Math.Min(length, RingSize - from);
        new ReadOnlySpan<byte>(_ring + from, first).CopyTo(data);
        if (first != length)
            new ReadOnlySpan<byte>(_ring, length - first).CopyTo(data[first..]);
        Counters.Count(PathEvent.CopiedBytes, length);
        return CopiedArrival.Whole;
    }

    private bool TrySend(PacketBuffer frame)
    {
        if (_sendTail - _sendHead == Slots)
        {
            ReapSlots();
            if (_full)
                return false;
        }

        if (!IsSendable(frame))
        {
            Discard(frame);
            return true;
        }

        int slot = (int)(_sendTail % Slots);
        Span<byte> room = new(_slots + (slot * SlotSize), SlotSize);
        int length = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            part.Data.CopyTo(room[length..]);
            length += part.Length;
        }

        Counters.Count(PathEvent.CopiedBytes, length);
        Counters.Count(PathEvent.Descriptor);
        Counters.Count(PathEvent.Sent);
        Counters.Count(PathEvent.SentBytes, length);
        if (length < MinimumFrame)
        {
            room[length..MinimumFrame].Clear();
            length = MinimumFrame;
        }

        frame.Release();
        _sendTail++;
        Registers.Write32(TSD0 + (4 * slot), TSD_WholeFrame | (uint)length);
        Counters.Count(PathEvent.Notification);
        return true;
    }

    private void ReapSlots()
    {
        int status = Registers.Read16(TSAD);
        while (_sendHead != _sendTail)
        {
            int slot = (int)(_sendHead % Slots);
            if ((status & (1 << (TSAD_TABT + slot))) != 0)
                Registers.Write32(TCR, TCR_IFG | TCR_MXDMA_2048 | TCR_CLRABT); // send that frame again
            if ((status & ((1 << (TSAD_TOK + slot)) | (1 << (TSAD_TUN + slot)))) == 0)
                break;
            _sendHead++;
        }

        _full = _sendTail - _sendHead == Slots;
    }
}
