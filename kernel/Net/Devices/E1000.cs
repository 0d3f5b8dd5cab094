using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core;
using Guest.Core.Diagnostics;
using static Guest.Net.Devices.E1000Descriptor;
using static Guest.Net.Devices.E1000Register;

namespace Guest.Net.Devices;

/// <summary>Intel's 8254x (82540EM) and 82574L gigabit controllers.</summary>
/// <remarks>
/// <para>A burst costs one write of TDT, 32 arrivals cost one write of RDT, and an interrupt costs one read of ICR, or none with MSI-X. What
/// the chip has done is read from memory: DD in a receive descriptor, and in the last transmit descriptor of a burst, the only one
/// that asks for it. No head register is read.</para>
/// <para>Interrupts stay enabled while frames are polled: to mask and unmask would cost two accesses a wake-up, and save at most one
/// interrupt that is taken on the way into idleness and finds its frames gone.</para>
/// </remarks>
public sealed class E1000 : Nic
{
    private const int TransmitCount = 256;
    private const int ReceiveBufferSize = 2048;  // RCTL.BSIZE 0; with the headroom it stays within a page
    private const int InterruptInterval = 195;   // 256 ns units: at most 20,000 a second while interrupts are taken, which is in idleness
    private const int NoContext = 0;
    private const int LongestChain = 20;         // descriptors that a frame may need, its context included: a frame is at most 18 buffers

    private readonly E1000Model _model;
    private readonly DescriptorRing _receive;
    private readonly DescriptorRing _transmit = new(TransmitCount);
    private readonly uint[] _burstEnd = new uint[TransmitCount];
    private readonly int _refillBatch;
    private readonly int _statusShift;
    private readonly int _errorShift;
    private readonly int _lengthShift;
    private bool _messages;
    private uint _published;
    private int _context;
    private bool _linkChanged;

    /// <summary>Takes a claimed device, mapped and allowed to master the bus.</summary>
    public E1000(E1000Model model, Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
        _model = model;
        _receive = new(DescriptorRing.CountFor(pool));
        _refillBatch = Math.Min(32, _receive.Count / 4);

        // Legacy and extended write-back hold the same status, errors and length in different places (82574 datasheet, 7.1.5).
        _statusShift = model.Is82574 ? 0 : 32;
        _errorShift = model.Is82574 ? 24 : 40;
        _lengthShift = model.Is82574 ? 32 : 0;
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads => NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum;

    /// <summary>The handler of the vector for everything but frames, with MSI-X.</summary>
    public IInterruptHandler OtherCauses => new OtherCauseHandler(this);

    /// <summary>Says that interrupts come as two MSI-X messages, vector 0 for frames and vector 1 for <see cref="OtherCauses"/>;
    /// before <see cref="Nic.Begin"/>.</summary>
    public void UseMessages() => _messages = true;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = 0;
        if (Running)
        {
            while (taken < burst.Length && TryQueue(burst[taken]))
                taken++;
            if (!more || taken < burst.Length)
                Publish();
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

        Reap();
        int count = 0;
        long bytes = 0;
        while (count < burst.Length)
        {
            // The acquire orders the frame's bytes after DD; the chip wrote them before it.
            ulong word = Volatile.Read(ref _receive.At(_receive.Head).High);
            uint status = (uint)(word >> _statusShift);
            if ((status & DD) == 0 || _receive.InUse == 0) // a slot that is not out may hold an old DD
                break;
            int length = (ushort)(word >> _lengthShift);
            uint errors = (byte)(word >> _errorShift);
            if (length is < HeaderLength or > ReceiveBufferSize || (status & StatusEOP) == 0)
            {
                Refuse("impossible length of an arrival");
                return count;
            }

            PacketBuffer frame = _receive.TakeBack()!;
            frame.Length = length;
            frame.ChecksumVerified = (status & (TCPCS | IXSM)) == TCPCS && (errors & (TCPE | IPE)) == 0;
            burst[count++] = frame;
            bytes += length;
        }

        if (_receive.Free >= _refillBatch)
            Refill();
        if (_linkChanged)
        {
            _linkChanged = false;
            ReadLink();
        }

        if (count != 0)
            NoteArrivals(count, bytes);
        else
            Supervise(_transmit.InUse, _transmit.Head);
        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() =>
        _linkChanged
        || (_receive.InUse != 0 && ((Volatile.Read(ref _receive.At(_receive.Head).High) >> _statusShift) & DD) != 0);

    /// <inheritdoc/>
    protected override bool Acknowledge()
    {
        if (_messages)
            return true; // EIAC has cleared the cause
        uint causes = Registers.Read32(ICR);
        if (causes == 0)
            return false;
        NoteCauses(causes);
        return true;
    }

    /// <inheritdoc/>
    protected override void MaskInterrupts() => Registers.Write32(IMC, uint.MaxValue);

    /// <inheritdoc/>
    protected override void UnmaskInterrupts() => Registers.Write32(IMS, _messages ? RXQ0 | OTHER | LSC | RXO : RXT0 | LSC | RXO);

    /// <inheritdoc/>
    protected override void ReadLink() => SetLink((Registers.Read32(STATUS) & STATUS_LU) != 0);

    /// <inheritdoc/>
    protected override void Stop()
    {
        // Not every chip (nor QEMU's) stops its rings by CTRL.RST alone.
        Registers.Write32(IMC, uint.MaxValue);
        Registers.Write32(RCTL, 0);
        Registers.Write32(TCTL, TCTL_PSP);
        _receive.Reset();
        _transmit.Reset();
        _published = 0;
    }

    /// <inheritdoc/>
    protected override bool TryStart()
    {
        Stop();
        Registers.Write32(CTRL, Registers.Read32(CTRL) | CTRL_RST);
        if (!WaitFor(CTRL, CTRL_RST, 0, E1000Model.Patience)
            || (_model.Is82574 && !WaitFor(EECD, EECD_AUTO_RD, EECD_AUTO_RD, E1000Model.Patience)))
        {
            Log.Warn(Name, $"does not come out of reset");
            return false;
        }

        Registers.Write32(IMC, uint.MaxValue);
        Registers.Read32(ICR);
        uint ctrl = Registers.Read32(CTRL);
        Registers.Write32(CTRL, (ctrl | CTRL_SLU | CTRL_ASDE) & ~(CTRL_LRST | CTRL_PHY_RST | CTRL_ILOS | CTRL_FRCSPD | CTRL_FRCDPX | CTRL_VME));
        if (!TryReadAddress(out ulong address))
        {
            Log.Warn(Name, $"has no station address");
            return false;
        }

        SetAddress(address);
        StartTransmitter();
        StartInterrupts();
        StartReceiver();
        return true;
    }

    private bool TryQueue(PacketBuffer frame)
    {
        if (_transmit.Free < LongestChain)
        {
            Reap();
            if (_transmit.Free < LongestChain)
                return false;
        }

        uint first = _transmit.Tail;
        ulong command = frame.ChecksumStart == 0 ? IFCS : IFCS | ChecksumCommand(frame);
        long bytes = 0;
        PacketBuffer part = frame;
        while (part.Next is { } next)
        {
            Fill(part, command);
            _transmit.Lend(null); // the chain comes back whole, with its last part
            bytes += part.Length;
            part = next;
        }

        Fill(part, command | EOP);
        _transmit.Lend(frame);
        bytes += part.Length;
        Counters.Count(PathEvent.Descriptor, _transmit.Tail - first);
        Counters.Count(PathEvent.Sent);
        Counters.Count(PathEvent.SentBytes, bytes);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(PacketBuffer part, ulong command)
    {
        ref Descriptor descriptor = ref _transmit.At(_transmit.Tail);
        descriptor.Low = part.DeviceAddress + (uint)part.Offset;
        descriptor.High = (uint)part.Length | command;
    }

    /// <summary>What a data descriptor must say so that the chip completes the checksum; before it goes a context, unless the chip
    /// remembers the same from before.</summary>
    private ulong ChecksumCommand(PacketBuffer frame)
    {
        int start = frame.ChecksumStart;
        int field = start + frame.ChecksumOffset;
        int context = (start << 16) | field;
        if (context != _context)
        {
            if (field > byte.MaxValue)
            {
                CompleteChecksum(frame); // beyond a context's reach
                return 0;
            }

            _context = context;
            ref Descriptor descriptor = ref _transmit.At(_transmit.Tail);
            descriptor.Low = ContextOffsets(start, field);
            descriptor.High = DEXT;
            _transmit.Lend(null);
        }

        return DEXT | DTYP_Data | POPTS_TXSM;
    }

    private void Publish()
    {
        uint tail = _transmit.Tail;
        if (tail == _published)
            return;
        _transmit.At(tail - 1).High |= RS;
        _burstEnd[_published & _transmit.Mask] = tail - 1;
        _published = tail;
        Registers.Write32(TDT, tail & _transmit.Mask);
        Counters.Count(PathEvent.Notification);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reap()
    {
        if (_transmit.Head != _published)
            ReapBursts();
    }

    private void ReapBursts()
    {
        while (_transmit.Head != _published)
        {
            uint end = _burstEnd[_transmit.Head & _transmit.Mask];
            if ((Volatile.Read(ref _transmit.At(end).High) & TransmitDD) == 0)
                return;
            while (_transmit.Head != end + 1)
                _transmit.TakeBack()?.Release();
        }
    }

    private void Refill()
    {
        uint before = _receive.Tail;
        while (_receive.Free != 0)
        {
            PacketBuffer? buffer = Pool.TryTake();
            if (buffer is null)
                break;
            ref Descriptor descriptor = ref _receive.At(_receive.Tail);
            descriptor.Low = buffer.DeviceAddress + PacketBuffer.Headroom;
            descriptor.High = 0;
            _receive.Lend(buffer);
        }

        if (_receive.Tail == before)
            return;
        Counters.Count(PathEvent.Descriptor, _receive.Tail - before);
        Registers.Write32(RDT, _receive.Tail & _receive.Mask);
    }

    private void NoteCauses(uint causes)
    {
        if ((causes & LSC) != 0)
            _linkChanged = true;
        if ((causes & RXO) != 0)
            Counters.Count(PathEvent.Overrun);
    }

    private bool TryReadAddress(out ulong address)
    {
        // Three words of EEPROM, each with its first byte in the low half (manual, 5.6.1); where there is none, what
        // the chip or firmware has put into the first receive address.
        if (TryReadEeprom(0, out uint first) && TryReadEeprom(1, out uint second) && TryReadEeprom(2, out uint third)
            && IsStation(address = first | ((ulong)second << 16) | ((ulong)third << 32)))
            return true;
        address = Registers.Read32(RAL0) | ((ulong)(ushort)Registers.Read32(RAH0) << 32);
        return IsStation(address);
    }

    private static bool IsStation(ulong littleEndian) => littleEndian != 0 && (littleEndian & 1) == 0;

    private bool TryReadEeprom(int word, out uint value)
    {
        value = 0;
        Registers.Write32(EERD, EERD_START | ((uint)word << _model.EepromAddressShift));
        if (!WaitFor(EERD, _model.EepromDone, _model.EepromDone, E1000Model.Patience))
            return false;
        value = Registers.Read32(EERD) >> 16;
        return true;
    }

    private void SetAddress(ulong littleEndian)
    {
        Registers.Write32(RAL0, (uint)littleEndian);
        Registers.Write32(RAH0, (uint)(littleEndian >> 32) | RAH_AV);
        Address = MacAddress.FromLittleEndian(littleEndian);
    }

    private void StartTransmitter()
    {
        _context = NoContext;
        Registers.Write32(TDBAL, (uint)_transmit.DeviceAddress);
        Registers.Write32(TDBAH, (uint)(_transmit.DeviceAddress >> 32));
        Registers.Write32(TDLEN, TransmitCount * 16);
        Registers.Write32(TDH, 0);
        Registers.Write32(TDT, 0);
        if (_model.Is82574)
            Registers.Write32(TXDCTL, TXDCTL_GRAN | TXDCTL_COUNT_DESC);
        Registers.Write32(TIPG, 10 | (8 << 10) | (6 << 20)); // the manual's values for copper, 13.4.34
        Registers.Write32(TCTL, TCTL_EN | TCTL_PSP | (15 << TCTL_CT) | (64 << TCTL_COLD) | TCTL_RTLC);
    }

    private void StartInterrupts()
    {
        Registers.Write32(RDTR, 0);
        Registers.Write32(RADV, 0);
        if (_messages)
        {
            // Vector 0 has its cause cleared by EIAC as it is sent. With IAME and an empty IAM the mask stays as it is (QEMU clears IMS
            // with EIAC unless IAME is set), so that a wake-up costs no register access at all.
            Registers.Write32(CTRL_EXT, Registers.Read32(CTRL_EXT) | CTRL_EXT_IAME | CTRL_EXT_PBA);
            Registers.Write32(IAM, 0);
            Registers.Write32(EIAC, RXQ0);
            Registers.Write32(IVAR, (IVAR_VALID << IVAR_RXQ0) | ((IVAR_VALID | 1) << IVAR_OTHER));
            Registers.Write32(EITR0, InterruptInterval);
        }
        else
        {
            // QEMU's 82574 clears ICR when it is read only with IAME; on silicon it does no harm.
            if (_model.Is82574)
            {
                Registers.Write32(CTRL_EXT, Registers.Read32(CTRL_EXT) | CTRL_EXT_IAME);
                Registers.Write32(IAM, 0);
            }

            Registers.Write32(ITR, InterruptInterval);
        }

        UnmaskInterrupts();
    }

    private void StartReceiver()
    {
        Registers.Write32(RDBAL, (uint)_receive.DeviceAddress);
        Registers.Write32(RDBAH, (uint)(_receive.DeviceAddress >> 32));
        Registers.Write32(RDLEN, (uint)_receive.Count * 16);
        Registers.Write32(RDH, 0);
        Registers.Write32(RDT, 0);
        Registers.Write32(RXCSUM, RXCSUM_IPOFLD | RXCSUM_TUOFLD);
        if (_model.Is82574)
            Registers.Write32(RFCTL, RFCTL_EXTEN);

        // Once: QEMU's 82540 holds arrivals back for a second after each write of RCTL. All multicast, for there are few of them and
        // the stack knows which it wants.
        Registers.Write32(RCTL, RCTL_EN | RCTL_BAM | RCTL_MPE | RCTL_SECRC);
        Refill();
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
