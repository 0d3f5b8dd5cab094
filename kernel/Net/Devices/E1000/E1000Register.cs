namespace Guest.Net.Devices;

/// <summary>Registers of the 8254x and their bits, by the names and offsets of Intel's "PCI/PCI-X Family of Gigabit Ethernet Controllers
/// Software Developer's Manual", chapter 13, and of the 82574 datasheet, chapter 10, for those that only it has.</summary>
internal static class E1000Register
{
    internal const int CTRL = 0x0000;
    internal const int STATUS = 0x0008;
    internal const int EECD = 0x0010;
    internal const int EERD = 0x0014;
    internal const int CTRL_EXT = 0x0018;
    internal const int ICR = 0x00c0;
    internal const int ITR = 0x00c4;
    internal const int IMS = 0x00d0;
    internal const int IMC = 0x00d8;
    internal const int EIAC = 0x00dc;
    internal const int IAM = 0x00e0;
    internal const int IVAR = 0x00e4;
    internal const int EITR0 = 0x00e8;
    internal const int RCTL = 0x0100;
    internal const int TCTL = 0x0400;
    internal const int TIPG = 0x0410;
    internal const int RDBAL = 0x2800;
    internal const int RDBAH = 0x2804;
    internal const int RDLEN = 0x2808;
    internal const int RDH = 0x2810;
    internal const int RDT = 0x2818;
    internal const int RDTR = 0x2820;
    internal const int RADV = 0x282c;
    internal const int TDBAL = 0x3800;
    internal const int TDBAH = 0x3804;
    internal const int TDLEN = 0x3808;
    internal const int TDH = 0x3810;
    internal const int TDT = 0x3818;
    internal const int TXDCTL = 0x3828;
    internal const int RXCSUM = 0x5000;
    internal const int RFCTL = 0x5008;
    internal const int RAL0 = 0x5400;
    internal const int RAH0 = 0x5404;

    internal const uint CTRL_LRST = 1 << 3;
    internal const uint CTRL_ASDE = 1 << 5;
    internal const uint CTRL_SLU = 1 << 6;
    internal const uint CTRL_ILOS = 1 << 7;
    internal const uint CTRL_FRCSPD = 1 << 11;
    internal const uint CTRL_FRCDPX = 1 << 12;
    internal const uint CTRL_RST = 1 << 26;
    internal const uint CTRL_VME = 1 << 30;
    internal const uint CTRL_PHY_RST = 1u << 31;

    internal const uint STATUS_LU = 1 << 1;

    internal const uint EECD_AUTO_RD = 1 << 9;

    internal const uint EERD_START = 1 << 0;

    internal const uint CTRL_EXT_IAME = 1 << 27;
    internal const uint CTRL_EXT_PBA = 1u << 31;

    /// <summary>Interrupt causes: ICR, IMS, IMC, EIAC.</summary>
    internal const uint LSC = 1 << 2;
    internal const uint RXO = 1 << 6;
    internal const uint RXT0 = 1 << 7;
    internal const uint RXQ0 = 1 << 20;
    internal const uint OTHER = 1 << 24;

    /// <summary>IVAR: a vector's number is valid only with bit 3 of its field.</summary>
    internal const uint IVAR_VALID = 8;
    internal const int IVAR_RXQ0 = 0;
    internal const int IVAR_OTHER = 16;

    internal const uint RCTL_EN = 1 << 1;
    internal const uint RCTL_MPE = 1 << 4;
    internal const uint RCTL_BAM = 1 << 15;
    internal const uint RCTL_SECRC = 1 << 26;

    internal const uint TCTL_EN = 1 << 1;
    internal const uint TCTL_PSP = 1 << 3;
    internal const int TCTL_CT = 4;
    internal const int TCTL_COLD = 12;
    internal const uint TCTL_RTLC = 1 << 24;

    internal const uint TXDCTL_GRAN = 1 << 24;
    internal const uint TXDCTL_COUNT_DESC = 1 << 22;

    internal const uint RXCSUM_IPOFLD = 1 << 8;
    internal const uint RXCSUM_TUOFLD = 1 << 9;

    internal const uint RFCTL_EXTEN = 1 << 15;

    internal const uint RAH_AV = 1u << 31;
}
