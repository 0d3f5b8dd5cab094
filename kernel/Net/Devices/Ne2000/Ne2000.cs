using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using static Guest.Net.Devices.Ne2000Register;
using static Guest.Net.Devices.NicFrame;

namespace Guest.Net.Devices;

/// <summary>An NE2000 on PCI (RTL8029): a DP8390 with 16 KiB of memory of its own, in which every byte goes through one port.</summary>
/// <remarks>
/// <para>The chip's memory is pages of 256 bytes: six for the frame that is being sent, the others a ring of arrivals, each with a header
/// that names the page of the next. CURR is where the chip writes next, BNRY the page before the one that is read next.</para>
/// <para>Every access is a pair of bus cycles, and nothing but accesses moves a byte, so they are what this driver saves: data passes by
/// 32-bit units, which the RTL8029 takes where DCR says 16; a frame is read with its header by one remote DMA whose count is more than any
/// frame, and which is then abandoned; the byte count of what is sent is written only where it changes. docs/adding-a-nic.md adds them
/// up.</para>
/// <para>QEMU's chip asks only whether a frame of the usual length would fit: on a link that carries longer ones they write over each other, and
/// over frames that were not read yet. What the ring holds is then lost, as by an overrun, and the driver goes on at CURR
/// (docs/decisions/0043).</para>
/// </remarks>
public sealed unsafe class Ne2000 : Nic
{
    private const byte SendPage = 0x40;
    private const byte FirstPage = 0x46;
    private const byte EndPage = 0x80;
    private const int PageBytes = 256;
    private const int HeaderSize = 4;
    private const int CheckSequence = 4;
    private const byte MoreThanAnyFrame = 0x40; // pages
    private const byte Causes = PRX | OVW;
    private const int PromBytes = 32;

    private static readonly Duration s_resetTime = Duration.FromMilliseconds(20);
    private static readonly Duration s_stopTime = Duration.FromMicroseconds(1600); // DP8390 datasheet, overwrite warning
    private static readonly Duration s_transferTime = Duration.FromMilliseconds(20);

    private readonly byte* _gathered = DeviceMemory.AllocatePages(1);
    private byte _read;
    private byte _limit;
    private int _sendLength;
    private bool _sending;
    private bool _refused;
    private bool _overrun;
    private bool _disorder;
    private uint _sent;

    /// <summary>Takes a claimed device.</summary>
    public Ne2000(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
    }

    /// <inheritdoc/>
    public override NetworkOffloads Offloads => NetworkOffloads.None;

    /// <inheritdoc/>
    public override int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = 0;
        while (Running && taken < burst.Length && TrySend(burst[taken]))
            taken++;
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

        if (_overrun)
            RecoverFromOverrun();
        else if (IsPolledByTime)
            ReadLimit();
        if (_disorder)
        {
            Refuse("the receive ring ends outside its memory");
            return 0;
        }

        int count = 0;
        long bytes = 0;
        byte start = _read;
        while (count < burst.Length && _read != _limit)
        {
            PacketBuffer? frame = Pool.TryTake();
            if (frame is null)
                break; // it stays in the chip until there is a buffer
            CopiedArrival arrival = TakeArrival(frame);
            if (arrival == CopiedArrival.Whole)
            {
                burst[count++] = frame;
                bytes += frame.Length;
                continue;
            }

            frame.Release();
            if (arrival == CopiedArrival.Impossible)
                _read = _limit;
            CountOversized();
        }

        if (_read != start)
            Registers.Write8(BNRY, PageBefore(_read));
        if (count != 0)
        {
            NoteArrivals(count, bytes);
        }
        else
        {
            Supervise();
        }

        return count;
    }

    /// <inheritdoc/>
    protected override bool HasWork() => _overrun || _disorder || (_read != _limit && Pool.Available != 0);

    /// <inheritdoc/>
    protected override bool Acknowledge()
    {
        byte causes = ReadAndClearCauses();
        if ((causes & Causes) == 0)
            return false;
        if ((causes & OVW) != 0)
        {
            Counters.Count(PathEvent.Overrun);
            _overrun = true;
            return true;
        }

        // After PRX is cleared: what arrives later sets it, and the line, again.
        ReadLimit();
        return true;
    }

    /// <summary>Whether a frame waits for the one before it; the chip is not asked before, for that costs an access.</summary>
    protected override bool IsSending() => _refused;

    /// <inheritdoc/>
    protected override uint FollowSending()
    {
        if (_refused)
            _refused = !IsSent();
        return _sent;
    }

    /// <inheritdoc/>
    protected override void MaskInterrupts() => Registers.Write8(IMR, 0);

    /// <inheritdoc/>
    protected override void UnmaskInterrupts() => Registers.Write8(IMR, Causes);

    /// <summary>The chip does not say whether there is a link.</summary>
    protected override void ReadLink() => SetLink(true);

    /// <inheritdoc/>
    protected override void Stop()
    {
        Registers.Write8(CR, STP | NoDma);
        Registers.Write8(IMR, 0);
        _sending = false;
        _refused = false;
        _overrun = false;
        _disorder = false;
        _sendLength = 0;
        _read = FirstPage + 1;
        _limit = _read;
    }

    /// <inheritdoc/>
    protected override bool TryStart()
    {
        Registers.Write8(Reset, Registers.Read8(Reset));
        if (!WaitFor(ISR, RST, RST, s_resetTime, wide: false))
        {
            Log.Warn(Name, $"does not come out of reset");
            return false;
        }

        Stop();
        Registers.Write8(DCR, DCR_WordWide);
        Registers.Write8(RCR, RCR_MON);
        Registers.Write8(TCR, TCR_Loopback);
        ReadAddress();
        if (Address.Bits == 0 || Address.IsMulticast)
        {
            Log.Warn(Name, $"has no station address");
            return false;
        }

        Registers.Write8(CR, STP | NoDma);
        Registers.Write8(TPSR, SendPage);
        Registers.Write8(PSTART, FirstPage);
        Registers.Write8(PSTOP, EndPage);
        Registers.Write8(BNRY, PageBefore(_read));
        Registers.Write8(CR, STP | NoDma | Page1);
        Span<byte> address = stackalloc byte[MacAddress.Size];
        Address.Write(address);
        for (int i = 0; i < address.Length; i++)
            Registers.Write8(PAR0 + i, address[i]);
        for (int i = 0; i < 8; i++)
            Registers.Write8(MAR0 + i, 0xff); // all multicast, for there is little and the stack knows which it wants
        Registers.Write8(CURR, _read);
        Registers.Write8(CR, STA | NoDma);
        Registers.Write8(ISR, 0xff);
        Registers.Write8(TCR, 0);
        Registers.Write8(RCR, RCR_AB | RCR_AM);
        UnmaskInterrupts();
        return true;
    }

    private static byte PageBefore(byte page) => (byte)(page == FirstPage ? EndPage - 1 : page - 1);

    private static byte PageAfter(int page, int pages)
    {
        page += pages;
        return (byte)(page >= EndPage ? page - (EndPage - FirstPage) : page);
    }

    /// <summary>The PROM holds each byte twice, so that it reads the same through wide and narrow ports.</summary>
    private void ReadAddress()
    {
        Span<byte> prom = stackalloc byte[PromBytes];
        SetTransferLength(PromBytes);
        BeginTransfer(0, RemoteRead);
        Registers.ReadString16(Data, prom);
        ulong bits = 0;
        for (int i = 0; i < MacAddress.Size; i++)
            bits = (bits << 8) | prom[2 * i];
        Address = new(bits);
    }

    private void SetTransferLength(int length)
    {
        Registers.Write8(RBCR0, (byte)length);
        Registers.Write8(RBCR1, (byte)(length >> 8));
    }

    private void BeginTransfer(byte page, byte direction)
    {
        Registers.Write8(RSAR0, 0);
        Registers.Write8(RSAR1, page);
        Registers.Write8(CR, (byte)(STA | direction));
    }

    private void ReadLimit()
    {
        Registers.Write8(CR, STA | NoDma | Page1);
        byte current = Registers.Read8(CURR);
        Registers.Write8(CR, STA | NoDma);
        if (current is < FirstPage or >= EndPage)
            _disorder = true;
        else
            _limit = current;
    }

    /// <summary>Copies the arrival at the read page, unless it is longer than a frame for this card may be, and moves the page.</summary>
    private CopiedArrival TakeArrival(PacketBuffer frame)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        Registers.Write8(RBCR1, MoreThanAnyFrame); // whatever is in RBCR0
        BeginTransfer(_read, RemoteRead);
        Registers.ReadString32(Data, header);
        int status = header[0];
        byte next = header[1];
        int count = header[2] | (header[3] << 8);
        int length = count - CheckSequence;
        int pages = (count + HeaderSize + PageBytes - 1) / PageBytes;
        int there = (_limit - _read + EndPage - FirstPage) % (EndPage - FirstPage);

        // Some chips skip a page where a frame ends with its page.
        bool follows = next == PageAfter(_read, pages) || next == PageAfter(_read, pages + 1);
        if ((status & (RSR_PRX | RSR_Errors)) != RSR_PRX || length < HeaderLength || !follows || pages > there)
            return CopiedArrival.Impossible;
        bool isOversized = length > LongestFrame;
        if (!isOversized)
        {
            frame.Length = length;
            Registers.ReadString32(Data, frame.Data); // the chip's address wraps from the ring's end to its start by itself
        }

        Registers.Write8(CR, STA | NoDma);
        _read = next;
        return isOversized ? CopiedArrival.Oversized : CopiedArrival.Whole;
    }

    private bool TrySend(PacketBuffer frame)
    {
        _refused = !IsSent();
        if (_refused)
            return false;
        if (frame.Length < MinimumFrame)
            Pad(frame, Counters);
        if (!IsSendable(frame))
        {
            Discard(frame);
            return true;
        }

        ReadOnlySpan<byte> data = frame.Next is null ? frame.Data : Gather(frame);
        SetTransferLength((data.Length + 3) & ~3);
        BeginTransfer(SendPage, RemoteWrite);
        Registers.WriteString32(Data, data);
        int length = data.Length;
        frame.Release();
        if (!WaitFor(ISR, RDC, RDC, s_transferTime, wide: false))
        {
            Refuse("a transfer does not end");
            return true;
        }

        if (length != _sendLength)
        {
            _sendLength = length;
            Registers.Write8(TBCR0, (byte)length);
            Registers.Write8(TBCR1, (byte)(length >> 8));
        }

        Registers.Write8(CR, STA | NoDma | TXP);
        _sending = true;
        Counters.Count(PathEvent.Notification);
        Counters.Count(PathEvent.Sent);
        Counters.Count(PathEvent.SentBytes, length);
        return true;
    }

    /// <summary>Whether the chip's one place for a frame to send is free, and RDC clear, so that it can be waited for.</summary>
    private bool IsSent()
    {
        if (_sending)
            ReadAndClearCauses(PTX | TXE | RDC);
        return !_sending;
    }

    private byte ReadAndClearCauses(byte which = Causes | PTX | TXE | RDC)
    {
        byte causes = (byte)(Registers.Read8(ISR) & which);
        if (causes == 0)
            return 0;
        Registers.Write8(ISR, causes);
        if ((causes & (PTX | TXE)) != 0)
        {
            _sending = false;
            _sent++;
        }

        return causes;
    }

    private ReadOnlySpan<byte> Gather(PacketBuffer chain)
    {
        Span<byte> room = new(_gathered, DeviceMemory.PageSize);
        int length = 0;
        for (PacketBuffer? part = chain; part is not null; part = part.Next)
        {
            part.Data.CopyTo(room[length..]);
            length += part.Length;
        }

        Counters.Count(PathEvent.CopiedBytes, length);
        return room[..length];
    }

    /// <summary>The way out of a full ring (DP8390 datasheet, overwrite warning): stop, let what is under way end, and start again in
    /// loopback, so that nothing arrives until OVW is cleared. The arrivals that are there are then taken as always; a frame whose
    /// sending was cut off is sent again.</summary>
    private void RecoverFromOverrun()
    {
        _overrun = false;
        bool wasSending = (Registers.Read8(CR) & TXP) != 0;
        Registers.Write8(CR, STP | NoDma);
        Pause(s_stopTime);
        Registers.Write8(RBCR0, 0);
        Registers.Write8(RBCR1, 0);
        bool lost = wasSending && (Registers.Read8(ISR) & (PTX | TXE)) == 0;
        Registers.Write8(TCR, TCR_Loopback);
        Registers.Write8(CR, STA | NoDma);
        ReadLimit();
        Registers.Write8(ISR, OVW);
        Registers.Write8(TCR, 0);
        if (lost)
            Registers.Write8(CR, STA | NoDma | TXP);
    }
}
