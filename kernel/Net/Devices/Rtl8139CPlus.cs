using System;
using System.Buffers.Binary;
using System.Threading;
using Guest.Core;
using Guest.Core.Diagnostics;
using static Guest.Net.Devices.Rtl8139Descriptor;
using static Guest.Net.Devices.Rtl8139Register;

namespace Guest.Net.Devices;

/// <summary>The RTL8139C+ with its descriptor rings: no copies, and no access at all for an arrival.</summary>
/// <remarks>
/// Who owns a descriptor stands in memory, in both directions, so the only accesses are one write of TPPoll a burst to send, and what an
/// interrupt needs: where the ring shows an arrival, ISR's ROK is cleared without being read. An event that comes before that
/// write is found by the poll that follows; one that comes after raises the line again; and a cause that is not ROK keeps it raised.
/// </remarks>
public sealed class Rtl8139CPlus : Rtl8139
{
    private const int RingCount = 64; // the most that the chip has
    private const int ReceiveBufferSize = 1536;
    private const int CheckSequence = 4;
    private const int EtherTypeAt = 12;
    private const ushort Ipv4 = 0x0800;
    private const int ProtocolAt = 23;
    private const byte Tcp = 6;
    private const byte Udp = 17;

    private readonly DescriptorRing _receive;
    private readonly DescriptorRing _transmit = new(RingCount);
    private readonly int _refillBatch;
    private uint _published;

    /// <summary>Takes a claimed device that may master the bus.</summary>
    public Rtl8139CPlus(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
        _receive = new(Math.Min(RingCount, DescriptorRing.CountFor(pool)));
        _refillBatch = _receive.Count / 4;
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads => NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = 0;
        if (Running)
        {
            while (taken < burst.Length && TryQueue(burst[taken]))
                taken++;
            if ((!more || taken < burst.Length) && _published != _transmit.Tail)
            {
                _published = _transmit.Tail;
                Registers.Write8(TPPoll, TPPoll_NPQ);
                Counters.Count(PathEvent.Notification);
            }
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
        Reap();
        if (IsExhausted())
            CountMissed();
        int count = 0;
        long bytes = 0;
        while (count < burst.Length && _receive.InUse != 0)
        {
            uint status = (uint)Volatile.Read(ref _receive.At(_receive.Head).Low);
            if ((status & OWN) != 0)
                break;
            int length = (int)(status & LengthMask) - CheckSequence;
            if (length is < HeaderLength or > ReceiveBufferSize - CheckSequence || (status & (FS | LS | RES)) != (FS | LS))
            {
                Refuse("impossible length of an arrival");
                return count;
            }

            PacketBuffer frame = _receive.TakeBack()!;
            frame.Length = length;
            frame.ChecksumVerified = IsVerified(status);
            burst[count++] = frame;
            bytes += length;
        }

        if (_receive.Free >= _refillBatch)
            Refill();
        if (HasNews)
            FollowNews();
        if (count != 0)
            NoteArrivals(count, bytes);
        else if (Running)
            Supervise(_transmit.InUse, _transmit.Head);
        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() => HasNews || HasArrival();

    /// <inheritdoc/>
    protected override bool ClearArrivals()
    {
        if (!HasArrival())
            return false;
        ClearReceiveCauses();
        return true;
    }

    /// <inheritdoc/>
    protected override void FindArrivals()
    {
        // The ring shows them.
    }

    /// <inheritdoc/>
    protected override void EmptyRings()
    {
        _receive.Reset();
        _transmit.Reset();
        _published = 0;
    }

    /// <inheritdoc/>
    protected override void StartRings()
    {
        Registers.Write16(CPCR, CPCR_MulRW | CPCR_RxChkSum | CPCR_RxEnable | CPCR_TxEnable); // first: it changes what others mean
        Registers.Write32(TNPDS, (uint)_transmit.DeviceAddress);
        Registers.Write32(TNPDS + 4, (uint)(_transmit.DeviceAddress >> 32));
        Registers.Write32(RDSAR, (uint)_receive.DeviceAddress);
        Registers.Write32(RDSAR + 4, (uint)(_receive.DeviceAddress >> 32));
        Refill();
        Registers.Write8(CR, CR_RE | CR_TE);
        Registers.Write32(TCR, TCR_IFG | TCR_MXDMA_2048);
        Registers.Write32(RCR, ReceiveConfiguration);
    }

    private static bool IsVerified(uint status) => (status & PID_IP) switch
    {
        PID_TCP => (status & (IPF | TCPF)) == 0,
        PID_UDP => (status & (IPF | UDPF)) == 0,
        _ => false,
    };

    private bool HasArrival() =>
        _receive.InUse != 0 && ((uint)Volatile.Read(ref _receive.At(_receive.Head).Low) & OWN) == 0;

    /// <summary>Whether the chip has used every buffer that it was given.</summary>
    private bool IsExhausted() =>
        _receive.InUse != 0 && ((uint)Volatile.Read(ref _receive.At(_receive.Tail - 1).Low) & OWN) == 0;

    private bool TryQueue(PacketBuffer frame)
    {
        int needed = 1;
        for (PacketBuffer? part = frame.Next; part is not null; part = part.Next)
            needed++;
        if (_transmit.Free < needed)
        {
            Reap();
            if (_transmit.Free < needed)
                return false;
        }

        Pad(frame);
        uint sums = ChecksumCommand(frame);
        uint first = _transmit.Tail;
        uint firstCommand = 0;
        long bytes = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            uint position = _transmit.Tail;
            bool last = part.Next is null;
            uint command = OWN | EndOf(_transmit, position) | (position == first ? FS : 0) | (last ? LS : 0) | sums | (uint)part.Length;
            ref Descriptor descriptor = ref _transmit.At(position);
            descriptor.High = part.DeviceAddress + (uint)part.Offset;
            if (position == first)
                firstCommand = command;
            else
                Volatile.Write(ref descriptor.Low, command);
            bytes += part.Length;
            _transmit.Lend(last ? frame : null); // the chain comes back whole
        }

        // The first is handed over last, after all that the chip may read behind it: it looks at the ring when it likes.
        Volatile.Write(ref _transmit.At(first).Low, firstCommand);
        Counters.Count(PathEvent.Descriptor, needed);
        Counters.Count(PathEvent.Sent);
        Counters.Count(PathEvent.SentBytes, bytes);
        return true;
    }

    // The chip reads the headers itself, and knows IPv4 alone.
    private uint ChecksumCommand(PacketBuffer frame)
    {
        if (frame.ChecksumStart == 0)
            return 0;
        ReadOnlySpan<byte> data = frame.Data;
        if (BinaryPrimitives.ReadUInt16BigEndian(data[EtherTypeAt..]) == Ipv4)
        {
            if (data[ProtocolAt] == Udp)
                return UDPCS;
            if (data[ProtocolAt] == Tcp)
                return TCPCS;
        }

        CompleteChecksum(frame);
        return 0;
    }

    private void Reap()
    {
        while (_transmit.InUse != 0 && ((uint)Volatile.Read(ref _transmit.At(_transmit.Head).Low) & OWN) == 0)
            _transmit.TakeBack()?.Release();
    }

    private void Refill()
    {
        uint before = _receive.Tail;
        while (_receive.Free != 0)
        {
            PacketBuffer? buffer = Pool.TryTake();
            if (buffer is null)
                break;
            uint position = _receive.Tail;
            ref Descriptor descriptor = ref _receive.At(position);
            descriptor.High = buffer.DeviceAddress + PacketBuffer.Headroom;
            Volatile.Write(ref descriptor.Low, OWN | EndOf(_receive, position) | ReceiveBufferSize); // after the address
            _receive.Lend(buffer);
        }

        Counters.Count(PathEvent.Descriptor, _receive.Tail - before);
    }

    private static uint EndOf(DescriptorRing ring, uint position) => (position & ring.Mask) == ring.Mask ? EOR : 0;
}
