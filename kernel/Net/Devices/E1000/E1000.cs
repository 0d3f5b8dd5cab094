using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core;
using Guest.Core.Diagnostics;
using static Guest.Net.Devices.E1000Descriptor;
using static Guest.Net.Devices.E1000Register;
using static Guest.Net.Devices.NicFrame;

namespace Guest.Net.Devices;

/// <summary>Intel's 8254x (82540EM) and 82574L gigabit controllers.</summary>
/// <remarks>
/// <para>A burst costs one write of TDT, 32 arrivals cost one write of RDT, and an interrupt costs one read of ICR, or none with MSI-X. What
/// the chip has done is read from memory: DD in a receive descriptor, and in the last transmit descriptor of a burst, the only one
/// that asks for it. No head register is read.</para>
/// <para>Interrupts stay enabled while frames are polled: to mask and unmask would cost two accesses a wake-up, and save at most one
/// interrupt that is taken on the way into idleness and finds its frames gone.</para>
/// </remarks>
public sealed partial class E1000 : Nic
{
    private const int TransmitCount = 256;
    private const int ReceiveCount = 256;
    private const int ReceiveBufferSize = 2048;  // RCTL.BSIZE 0; with the headroom it stays within a page
    private const uint BusyInterval = 195;       // 256 ns units: at most 20,000 interrupts a second
    private const int LoneWakeUps = 16;          // so many interrupts in a row that find one frame each say that the link is not busy
    private const int NoContext = 0;
    private const int LongestChain = MostPieces + 2; // descriptors that a frame may need, its context included, and one

    private readonly E1000Model _model;
    private readonly ReceiveRing<ReceiveLayout> _receive;
    private readonly DescriptorRing _transmit = new(TransmitCount);
    private readonly uint[] _burstEnd = new uint[TransmitCount];
    private readonly int _rotation;
    private readonly ulong _sumMask;
    private bool _messages;
    private uint _published;
    private int _context;
    private int _loneBursts;
    private bool _woken;
    private bool _throttled;
    private bool _linkChanged;
    private bool _inPieces;

    /// <summary>Takes a claimed device, mapped and allowed to master the bus.</summary>
    public E1000(E1000Model model, Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
        _model = model;
        _receive = new(pool, ReceiveCount);
        OtherCauses = new OtherCauseHandler(this);

        // The halves of an extended write-back are those of a legacy one, exchanged, but for the errors' place (82574 datasheet, 7.1.5).
        _rotation = model.Is82574 ? 32 : 0;
        _sumMask = ((ulong)(TCPCS | IXSM) << StatusAt) | ((ulong)(TCPE | IPE) << (model.Is82574 ? ExtendedErrorsAt : ErrorsAt));
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads =>
        NetworkOffloads.TransmitChecksum | NetworkOffloads.TransmitChecksumIpv6 | NetworkOffloads.ReceiveChecksum
        | NetworkOffloads.SegmentationTcp4 | (_model.CutsIpv6 ? NetworkOffloads.SegmentationTcp6 : NetworkOffloads.None);

    /// <summary>The handler of the vector for everything but frames, with MSI-X.</summary>
    public IInterruptHandler OtherCauses { get; }

    /// <summary>Says whether interrupts come as two MSI-X messages, vector 0 for frames and vector 1 for <see cref="OtherCauses"/>;
    /// before <see cref="Nic.Begin"/>.</summary>
    public void UseMessages(bool messages = true) => _messages = messages;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!Running)
            return 0;
        DescriptorRing ring = _transmit;
        uint first = ring.Tail;
        int taken = 0;
        int discarded = 0;
        int bytes = 0;
        for (; taken < burst.Length && (ring.Free >= LongestChain || MakeRoom()); taken++)
        {
            PacketBuffer frame = burst[taken];
            if (frame.Next is not null)
            {
                int length = QueueChain(frame);
                bytes += length;
                discarded += length == 0 ? 1 : 0;
                continue;
            }

            ulong command = frame.ChecksumStart == 0 ? IFCS : IFCS | ChecksumCommand(frame);
            bytes += frame.Length;
            ref Descriptor descriptor = ref ring.Lend(frame);
            descriptor.Low = frame.DeviceAddress + (uint)frame.Offset;
            descriptor.High = (uint)frame.Length | command | EOP;
        }

        NoteSent(taken - discarded, bytes, ring.Tail - first);
        if (!more || taken < burst.Length)
            Publish();
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

        ReceiveRing<ReceiveLayout> ring = _receive;
        int most = Math.Min(burst.Length, ring.Shown); // a slot that is not the chip's may hold an old DD
        int count = 0;
        int bytes = 0;
        while (count < most)
        {
            // The acquire orders the frame's bytes after DD; the chip wrote them before it.
            ulong word = BitOperations.RotateRight(Volatile.Read(ref ring.At(ring.Head).High), _rotation);
            uint status = (uint)(word >> StatusAt);
            if ((status & DD) == 0)
                break;
            int length = (ushort)word;
            if (length is < HeaderLength or > ReceiveBufferSize || (status & StatusEOP) == 0 || _inPieces)
            {
                if (!TryDropPiece(length, isLast: (status & StatusEOP) != 0))
                    return count;
                most--;
                continue;
            }

            PacketBuffer frame = ring.TakeBack()!;
            frame.Length = length;
            frame.ChecksumVerified = (word & _sumMask) == (ulong)TCPCS << StatusAt;
            bytes += length;
            burst[count++] = frame;
        }

        if (_transmit.Head != _published)
            TakeSent();
        if (ring.IsDue)
            Refill();
        if (_linkChanged)
        {
            _linkChanged = false;
            ReadLink();
        }

        if (count != 0)
        {
            NoteArrivals(count, bytes);
            if (_woken)
                FollowLoad(count);
        }
        else
        {
            Supervise();
        }

        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() =>
        _linkChanged
        || (((uint)(BitOperations.RotateRight(Volatile.Read(ref _receive.At(_receive.Head).High), _rotation) >> StatusAt) & DD) != 0
            && _receive.Shown > 0);

    /// <inheritdoc/>
    protected override bool Acknowledge()
    {
        _woken = true;
        if (_messages)
            return true; // EIAC has cleared the cause
        uint causes = Registers.Read32(ICR);
        if (causes == 0)
            return false;
        NoteCauses(causes);
        return true;
    }

    /// <inheritdoc/>
    protected override void FeedReceiver()
    {
        if (!_receive.IsDue)
            return;
        TakeSent();
        Refill();
        if (_receive.Shown == 0 && IsSending() && LinkUp)
            PollSoon();
    }

    /// <inheritdoc/>
    protected override bool IsSending() =>
        _transmit.Head != _published
        && (Volatile.Read(ref _transmit.At(_burstEnd[_transmit.Head & _transmit.Mask] - 1).High) & TransmitDD) == 0;

    /// <inheritdoc/>
    protected override uint FollowSending()
    {
        TakeSent();
        return _transmit.Head;
    }

    /// <inheritdoc/>
    protected override void MaskInterrupts() => Registers.Write32(IMC, uint.MaxValue);

    /// <inheritdoc/>
    protected override void UnmaskInterrupts() => Registers.Write32(IMS, _messages ? RXQ0 | OTHER | LSC | RXO : RXT0 | LSC | RXO);

    /// <inheritdoc/>
    protected override void ReadLink() => SetLink((Registers.Read32(STATUS) & STATUS_LU) != 0);

    /// <summary>Takes back a descriptor with a piece of a frame that is longer than a buffer, and lends its buffer again.</summary>
    /// <returns>False if it is none, for a descriptor that is not the frame's last is full, and the chip was stopped.</returns>
    private bool TryDropPiece(int length, bool isLast)
    {
        if (isLast ? !_inPieces || length > ReceiveBufferSize : length != ReceiveBufferSize)
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

    private bool MakeRoom()
    {
        TakeSent();
        return _transmit.Free >= LongestChain;
    }

    /// <summary>Queues a frame of several pieces. It comes back whole, with its last.</summary>
    /// <returns>Its length; 0 if no card could send it, and it was dropped.</returns>
    private int QueueChain(PacketBuffer frame)
    {
        bool isCut = frame.SegmentSize != 0;
        if (isCut ? !E1000Segmentation.IsPossible(frame) : !IsSendable(frame))
        {
            Discard(frame);
            return 0;
        }

        ulong command = IFCS;
        if (isCut)
            command |= BeginSegments(frame);
        else if (frame.ChecksumStart != 0)
            command |= ChecksumCommand(frame);
        int length = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            ref Descriptor descriptor = ref _transmit.Lend(part.Next is null ? frame : null);
            descriptor.Low = part.DeviceAddress + (uint)part.Offset;
            descriptor.High = (uint)part.Length | command | (part.Next is null ? EOP : 0);
            length += part.Length;
        }

        return length;
    }

    /// <summary>What a data descriptor must say so that the chip completes the checksum; before it goes a context, unless the chip
    /// remembers the same from before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ChecksumCommand(PacketBuffer frame)
    {
        int start = frame.ChecksumStart;
        int context = (start << 16) | (start + frame.ChecksumOffset);
        return context == _context || TrySetContext(frame, context) ? DEXT | DTYP_Data | POPTS_TXSM : 0;
    }

    private bool TrySetContext(PacketBuffer frame, int context)
    {
        int field = (ushort)context;
        if (field > byte.MaxValue)
        {
            CompleteChecksum(frame, Counters); // beyond a context's reach
            return false;
        }

        _context = context;
        ref Descriptor descriptor = ref _transmit.Lend(null);
        descriptor.Low = ContextOffsets(context >> 16, field);
        descriptor.High = DEXT;
        return true;
    }

    /// <summary>Tells the chip how the frame behind is to be cut, and what each of its descriptors must say.</summary>
    private ulong BeginSegments(PacketBuffer frame)
    {
        _context = NoContext;
        E1000Segmentation.WriteContext(frame, ref _transmit.Lend(null));
        return E1000Segmentation.DataCommand(frame);
    }

    private void Publish()
    {
        DescriptorRing ring = _transmit;
        uint tail = ring.Tail;
        if (tail == _published)
            return;
        ring.At(tail - 1).High |= RS;
        _burstEnd[_published & ring.Mask] = tail;
        _published = tail;
        Registers.Write32(TDT, tail & ring.Mask);
        Counters.Count(PathEvent.Notification);
    }

    /// <summary>Takes back the bursts that the chip reports as sent.</summary>
    private void TakeSent()
    {
        DescriptorRing ring = _transmit;
        uint head = ring.Head;
        while (head != _published)
        {
            uint end = _burstEnd[head & ring.Mask];
            if ((Volatile.Read(ref ring.At(end - 1).High) & TransmitDD) == 0)
                return;
            for (; head != end; head++)
            {
                if (ring.TakeBack() is { } frame)
                    _receive.Recycle(frame);
            }
        }
    }

    private void Refill()
    {
        if (_receive.Fill(Counters))
            Registers.Write32(RDT, _receive.Tail & _receive.Mask);
    }

    /// <summary>Sets the interrupt throttle for the load: an interrupt that finds several frames shows that fewer would do, and many that
    /// find one each that somebody waits for every one.</summary>
    private void FollowLoad(int burst)
    {
        _woken = false;
        if (burst > 1)
        {
            _loneBursts = 0;
            if (!_throttled)
                SetThrottle(on: true);
        }
        else if (_throttled && ++_loneBursts == LoneWakeUps)
        {
            SetThrottle(on: false);
        }
    }

    private void SetThrottle(bool on)
    {
        _throttled = on;
        _loneBursts = 0;
        Registers.Write32(_messages ? EITR0 : ITR, on ? BusyInterval : 0);
    }

    private void NoteCauses(uint causes)
    {
        if ((causes & LSC) != 0)
            _linkChanged = true;
        if ((causes & RXO) != 0)
            Counters.Count(PathEvent.Overrun);
    }

    /// <summary>The address, and a cleared upper word, where the chip will write; RDT hands over.</summary>
    private struct ReceiveLayout : IReceiveLayout
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Lend(ref Descriptor descriptor, ulong address, bool isLast)
        {
            descriptor.Low = address;
            descriptor.High = 0;
        }
    }

    private sealed class OtherCauseHandler(E1000 device) : IInterruptHandler
    {
        public bool OnInterrupt()
        {
            uint causes = device.Registers.Read32(ICR);
            device.NoteCauses(causes);
            device.Registers.Write32(ICR, LSC | RXO | OTHER); // reading need not clear while MSI-X is on
            return causes != 0;
        }
    }
}
