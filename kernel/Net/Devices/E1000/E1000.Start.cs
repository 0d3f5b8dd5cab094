using Guest.Core.Diagnostics;
using static Guest.Net.Devices.E1000Register;

namespace Guest.Net.Devices;

// From reset to running, and back.
public sealed partial class E1000
{
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
        _inPieces = false;
    }

    /// <inheritdoc/>
    protected override void OnPoolChanged() => _receive.UsePool(Pool);

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
        }
        else if (_model.Is82574)
        {
            // QEMU's clears ICR when it is read only with IAME; on silicon it does no harm.
            Registers.Write32(CTRL_EXT, Registers.Read32(CTRL_EXT) | CTRL_EXT_IAME);
            Registers.Write32(IAM, 0);
        }

        SetThrottle(on: false);
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
}
