using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using static Guest.Net.Devices.Rtl8139Register;

namespace Guest.Net.Devices;

/// <summary>What the RTL8139's two ways of working, <see cref="Rtl8139Classic"/> and <see cref="Rtl8139CPlus"/>, share.</summary>
/// <remarks>The port region is used, not the memory one: a port write is not posted, so the line is down when the interrupt ends.</remarks>
public abstract class Rtl8139 : Nic
{
    /// <summary>The causes that are let interrupt. Sending is not one of them, nor is overflow: a ring that overflowed is full of
    /// arrivals that have interrupted, and goes on as it is emptied.</summary>
    private const ushort Causes = ROK | PUN | SERR;

    private static readonly Duration s_resetTime = Duration.FromMilliseconds(20);

    private bool _linkChanged;
    private bool _failed;
    private bool _cleared;

    /// <summary>Takes a claimed device that may master the bus.</summary>
    protected Rtl8139(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
        : base(platform, registers, pool, counters)
    {
    }

    /// <summary>Filters and thresholds; the classic ring adds its size.</summary>
    protected static uint ReceiveConfiguration => RCR_APM | RCR_AB | RCR_AM | RCR_MXDMA_Unlimited | RCR_RXFTH_Whole;

    /// <summary>Whether an interrupt told of something other than frames.</summary>
    protected bool HasNews => _linkChanged || _failed;

    /// <summary>Clears the cause of arrivals without reading what else there is, which costs one access instead of two. A line that is
    /// still raised then interrupts again before the next poll, and that interrupt reads and clears all.</summary>
    protected sealed override bool Acknowledge()
    {
        if (!_cleared)
        {
            _cleared = true;
            if (ClearArrivals())
                return true;
        }

        ushort causes = ReadCauses();
        if ((causes & ROK) != 0)
            FindArrivals(); // one may have come since they were looked for
        return causes != 0;
    }

    /// <inheritdoc/>
    protected override void MaskInterrupts() => Registers.Write16(IMR, 0);

    /// <inheritdoc/>
    protected override void UnmaskInterrupts()
    {
        // What came while interrupts were masked is found here; what comes from now on raises the line.
        ClearReceiveCauses();
        FindArrivals();
        Registers.Write16(IMR, Causes);
    }

    /// <inheritdoc/>
    protected override void ReadLink() => SetLink((Registers.Read8(MSR) & MSR_LINKB) == 0);

    /// <inheritdoc/>
    protected override void Stop()
    {
        Registers.Write16(IMR, 0);
        Registers.Write8(CR, 0);
        _linkChanged = false;
        _failed = false;
        EmptyRings();
    }

    /// <inheritdoc/>
    protected override bool TryStart()
    {
        Stop();
        Registers.Write8(CR, CR_RST);
        if (!WaitFor(CR, CR_RST, 0, s_resetTime, wide: false))
        {
            Log.Warn(Name, $"does not come out of reset");
            return false;
        }

        ulong low = Registers.Read32(IDR0); // the chip has loaded it from its EEPROM
        ulong high = (ushort)Registers.Read32(IDR0 + 4);
        Address = MacAddress.FromLittleEndian(low | (high << 32));
        if (Address.Bits == 0 || Address.IsMulticast)
        {
            Log.Warn(Name, $"has no station address");
            return false;
        }

        Registers.Write8(Config9346, Config9346_Unlock);
        StartRings();
        Registers.Write8(Config9346, 0);
        Registers.Write32(MAR0, uint.MaxValue); // all multicast, for there is little and the stack knows which it wants
        Registers.Write32(MAR0 + 4, uint.MaxValue);
        Registers.Write16(ISR, ushort.MaxValue);
        UnmaskInterrupts();
        return true;
    }

    /// <summary>Takes back every buffer.</summary>
    protected abstract void EmptyRings();

    /// <summary>Gives the chip its rings and enables both directions. TCR takes no value before the transmitter is on.</summary>
    protected abstract void StartRings();

    /// <summary>Reads why the chip interrupts, and clears it.</summary>
    /// <returns>The causes; 0 if it does not.</returns>
    private ushort ReadCauses()
    {
        ushort causes = (ushort)(Registers.Read16(ISR) & Causes);
        if (causes == 0)
            return 0;
        Registers.Write16(ISR, causes);
        if ((causes & PUN) != 0)
            _linkChanged = true;
        if ((causes & SERR) != 0)
            _failed = true;
        return causes;
    }

    /// <summary>Clears ROK, if an arrival is known or found.</summary>
    /// <returns>Whether there is one: then it is this chip that interrupts.</returns>
    protected abstract bool ClearArrivals();

    /// <summary>Asks for the arrivals that are there, where memory does not tell.</summary>
    protected abstract void FindArrivals();

    /// <summary>Notes that a poll begins: what interrupts from now on is new.</summary>
    protected void BeginPoll() => _cleared = false;

    /// <summary>Writes ISR.</summary>
    protected void ClearReceiveCauses() => Registers.Write16(ISR, ROK | TOK | RXOVW | FOVW);

    /// <summary>Counts what was lost, after the ring was found full.</summary>
    protected void CountMissed()
    {
        uint missed = Registers.Read32(MPC) & MPC_Mask;
        if (missed == 0)
            return;
        Registers.Write32(MPC, 0);
        Counters.Count(PathEvent.Overrun, missed);
    }

    /// <summary>Does what an interrupt told of besides frames.</summary>
    protected void FollowNews()
    {
        if (_failed)
        {
            Refuse("system error on the bus");
            return;
        }

        _linkChanged = false;
        ReadLink();
    }
}
