namespace Guest.Net.Devices;

/// <summary>Registers of the RTL8139C and the RTL8139C+ and their bits, by the names of Realtek's datasheets (RTL8139C(L), chapter 5;
/// RTL8139C(L)+, chapters 5 and 6). Offsets are the same in the port and the memory region.</summary>
internal static class Rtl8139Register
{
    internal const int IDR0 = 0x00;
    internal const int MAR0 = 0x08;
    internal const int TSD0 = 0x10;
    internal const int TSAD0 = 0x20;
    internal const int RBSTART = 0x30;
    internal const int CR = 0x37;
    internal const int CAPR = 0x38;
    internal const int CBR = 0x3a;
    internal const int IMR = 0x3c;
    internal const int ISR = 0x3e;
    internal const int TCR = 0x40;
    internal const int RCR = 0x44;
    internal const int MPC = 0x4c;
    internal const int Config9346 = 0x50;
    internal const int MSR = 0x58;
    internal const int TSAD = 0x60;

    /// <summary>C+ alone: the transmit ring's address lies where the first slots' addresses were.</summary>
    internal const int TNPDS = 0x20;
    internal const int TPPoll = 0xd9;
    internal const int CPCR = 0xe0;
    internal const int RDSAR = 0xe4;

    internal const byte CR_TE = 1 << 2;
    internal const byte CR_RE = 1 << 3;
    internal const byte CR_RST = 1 << 4;

    /// <summary>Interrupts: ISR, IMR. RXOVW is RDU, no descriptor, in C+ mode; PUN is also a change of the link.</summary>
    internal const ushort ROK = 1 << 0;
    internal const ushort TOK = 1 << 2;
    internal const ushort RXOVW = 1 << 4;
    internal const ushort PUN = 1 << 5;
    internal const ushort FOVW = 1 << 6;
    internal const ushort SERR = 1 << 15;

    internal const uint TCR_CLRABT = 1 << 0;
    internal const uint TCR_MXDMA_2048 = 7 << 8;
    internal const uint TCR_IFG = 3 << 24;

    internal const uint RCR_APM = 1 << 1;
    internal const uint RCR_AM = 1 << 2;
    internal const uint RCR_AB = 1 << 3;
    internal const uint RCR_MXDMA_Unlimited = 7 << 8;
    internal const uint RCR_RBLEN_32K = 2 << 11;
    internal const uint RCR_RXFTH_Whole = 7 << 13;

    /// <summary>MPC counts lost arrivals in 24 bits; any write clears it.</summary>
    internal const uint MPC_Mask = 0xff_ffff;

    /// <summary>Set while there is no link.</summary>
    internal const byte MSR_LINKB = 1 << 2;

    internal const byte Config9346_Unlock = 0xc0;

    /// <summary>TSD: ERTXTH, in 32-byte units: start when 1,536 bytes, so the whole frame, are in the FIFO.</summary>
    internal const uint TSD_WholeFrame = 48 << 16;

    /// <summary>TSAD, four bits each, slot 0 lowest: aborted, under-run, sent.</summary>
    internal const int TSAD_TABT = 4;
    internal const int TSAD_TUN = 8;
    internal const int TSAD_TOK = 12;

    internal const ushort CPCR_TxEnable = 1 << 0;
    internal const ushort CPCR_RxEnable = 1 << 1;
    internal const ushort CPCR_MulRW = 1 << 3;
    internal const ushort CPCR_RxChkSum = 1 << 5;

    internal const byte TPPoll_NPQ = 1 << 6;
}
