using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core;
using Guest.Core.Diagnostics;
using static Guest.Net.Devices.NicFrame;
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
    private const int BehindIpv4 = 34;   // bytes of an Ethernet header and an IPv4 header without options
    private const int UdpChecksumAt = 6; // RFC 768
    private const int TcpChecksumAt = 16; // RFC 9293, 3.1

    private readonly ReceiveRing<ReceiveLayout> _receive;
    private readonly DescriptorRing _transmit = new(RingCount);
    private uint _published;
    private bool _inPieces;

    /// <summary>Takes a claimed device that may master the bus.</summary>
    public Rtl8139CPlus(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
        _receive = new(pool, RingCount);
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads =>
        NetworkOffloads.TransmitChecksum | NetworkOffloads.TransmitChecksumIpv6 | NetworkOffloads.ReceiveChecksum;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!Running)
            return 0;
        uint first = _transmit.Tail;
        int taken = 0;
        int discarded = 0;
        int bytes = 0;
        for (; taken < burst.Length; taken++)
        {
            PacketBuffer frame = burst[taken];
            if (frame.Length < MinimumFrame)
                Pad(frame, Counters);
            int length;
            if (frame.Next is null)
            {
                length = Queue(frame);
            }
            else if (IsSendable(frame))
            {
                length = QueueChain(frame);
            }
            else
            {
                Discard(frame);
                discarded++;
                continue;
            }

            if (length == 0)
                break;
            bytes += length;
        }

        NoteSent(taken - discarded, bytes, _transmit.Tail - first);
        if ((!more || taken < burst.Length) && _published != _transmit.Tail)
        {
            _published = _transmit.Tail;
            Registers.Write8(TPPoll, TPPoll_NPQ);
            Counters.Count(PathEvent.Notification);
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
        ReceiveRing<ReceiveLayout> ring = _receive;
        int most = Math.Min(burst.Length, ring.InUse);
        int count = 0;
        int bytes = 0;
        while (count < most)
        {
            uint status = (uint)Volatile.Read(ref ring.At(ring.Head).Low);
            if ((status & OWN) != 0)
                break;
            int length = (int)(status & LengthMask) - CheckSequence;
            if (length is < HeaderLength or > ReceiveBufferSize - CheckSequence || (status & (FS | LS | RES)) != (FS | LS) || _inPieces)
            {
                if (!TryDropPiece(status))
                    return count;
                most--;
                continue;
            }

            PacketBuffer frame = ring.TakeBack()!;
            frame.Length = length;
            frame.ChecksumVerified = (status & PID_IP) != 0 && IsVerified(status);
            bytes += length;
            burst[count++] = frame;
        }

        if (ring.IsDue && IsExhausted())
            CountMissed();
        TakeSent();
        if (ring.IsDue)
            ring.Fill(Counters);
        if (HasNews)
            FollowNews();
        if (count != 0)
            NoteArrivals(count, bytes);
        else if (Running)
            Supervise();
        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() => HasNews || HasArrival();

    /// <inheritdoc/>
    protected override void FeedReceiver()
    {
        if (!_receive.IsDue)
            return;
        TakeSent();
        _receive.Fill(Counters);
        if (_receive.InUse == 0 && IsSending() && LinkUp)
            PollSoon();
    }

    /// <inheritdoc/>
    protected override bool IsSending() =>
        (int)(_published - _transmit.Head) > 0 && ((uint)Volatile.Read(ref _transmit.At(_transmit.Head).Low) & OWN) != 0;

    /// <inheritdoc/>
    protected override uint FollowSending()
    {
        TakeSent();
        return _transmit.Head;
    }

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
        _inPieces = false;
    }

    /// <inheritdoc/>
    protected override void OnPoolChanged() => _receive.UsePool(Pool);

    /// <inheritdoc/>
    protected override void StartRings()
    {
        Registers.Write16(CPCR, CPCR_MulRW | CPCR_RxChkSum | CPCR_RxEnable | CPCR_TxEnable); // first: it changes what others mean
        Registers.Write32(TNPDS, (uint)_transmit.DeviceAddress);
        Registers.Write32(TNPDS + 4, (uint)(_transmit.DeviceAddress >> 32));
        Registers.Write32(RDSAR, (uint)_receive.DeviceAddress);
        Registers.Write32(RDSAR + 4, (uint)(_receive.DeviceAddress >> 32));
        _receive.Fill(Counters);
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
        _receive.InUse == 0 || ((uint)Volatile.Read(ref _receive.At(_receive.Tail - 1).Low) & OWN) == 0;

    /// <summary>Takes back a descriptor with a piece of a frame that is longer than a buffer, and lends its buffer again.</summary>
    /// <returns>False if it is none, for the pieces do not follow one another, and the chip was stopped.</returns>
    private bool TryDropPiece(uint status)
    {
        bool isFirst = (status & FS) != 0;
        bool isLast = (status & LS) != 0;
        if ((status & RES) != 0 || isFirst == _inPieces || (isFirst && isLast))
        {
            Refuse("impossible length of an arrival");
            return false;
        }

        _inPieces = !isLast;
        _receive.Recycle(_receive.TakeBack()!);
        if (isLast)
            CountOversized();
        return true;
    }

    /// <summary>Queues a frame of one piece.</summary>
    /// <returns>Its length; 0 if there is no room.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Queue(PacketBuffer frame)
    {
        DescriptorRing ring = _transmit;
        if (ring.Free == 0 && !MakeRoom(1))
            return 0;
        uint command = OWN | FS | LS | ChecksumCommand(frame) | EndOf(ring, ring.Tail) | (uint)frame.Length;
        ref Descriptor descriptor = ref ring.Lend(frame);
        descriptor.High = frame.DeviceAddress + (uint)frame.Offset;
        Volatile.Write(ref descriptor.Low, command); // after the address: the chip looks at the ring when it likes
        return frame.Length;
    }

    private int QueueChain(PacketBuffer frame)
    {
        int needed = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            needed++;
        if (_transmit.Free < needed && !MakeRoom(needed))
            return 0;

        uint sums = ChecksumCommand(frame);
        uint first = _transmit.Tail;
        uint firstCommand = OWN | FS | sums | EndOf(_transmit, first) | (uint)frame.Length;
        int length = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            uint command = OWN | (part.Next is null ? LS : 0) | sums | EndOf(_transmit, _transmit.Tail) | (uint)part.Length;
            ref Descriptor descriptor = ref _transmit.Lend(part.Next is null ? frame : null); // the chain comes back whole
            descriptor.High = part.DeviceAddress + (uint)part.Offset;
            if (part != frame)
                Volatile.Write(ref descriptor.Low, command);
            length += part.Length;
        }

        // The first is handed over last, after all that the chip may read behind it.
        Volatile.Write(ref _transmit.At(first).Low, firstCommand);
        return length;
    }

    // The chip reads the headers itself, and knows IPv4 alone; behind IPv6 nothing begins as early.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint ChecksumCommand(PacketBuffer frame)
    {
        if (frame.ChecksumStart == BehindIpv4)
        {
            if (frame.ChecksumOffset == UdpChecksumAt)
                return UDPCS;
            if (frame.ChecksumOffset == TcpChecksumAt)
                return TCPCS;
        }

        if (frame.ChecksumStart != 0)
            CompleteChecksum(frame, Counters);
        return 0;
    }

    private bool MakeRoom(int descriptors)
    {
        TakeSent();
        return _transmit.Free >= descriptors;
    }

    private void TakeSent()
    {
        DescriptorRing ring = _transmit;
        while (ring.InUse != 0 && ((uint)Volatile.Read(ref ring.At(ring.Head).Low) & OWN) == 0)
        {
            if (ring.TakeBack() is { } frame)
                _receive.Recycle(frame);
        }
    }

    private static uint EndOf(DescriptorRing ring, uint position) => (position & ring.Mask) == ring.Mask ? EOR : 0;

    /// <summary>The address, and then the command with OWN, which hands over.</summary>
    private struct ReceiveLayout : IReceiveLayout
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Lend(ref Descriptor descriptor, ulong address, bool isLast)
        {
            descriptor.High = address;
            Volatile.Write(ref descriptor.Low, OWN | (isLast ? EOR : 0) | ReceiveBufferSize);
        }
    }
}
