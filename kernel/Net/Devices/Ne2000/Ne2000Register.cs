namespace Guest.Net.Devices;

/// <summary>Ports of an NE2000 and their bits: National's DP8390 (datasheet, "Internal Registers"), a data port and a reset port. The
/// command register chooses which page of registers the ports 1 to 15 are.</summary>
internal static class Ne2000Register
{
    internal const int CR = 0x00;

    /// <summary>Page 0.</summary>
    internal const int PSTART = 0x01;
    internal const int PSTOP = 0x02;
    internal const int BNRY = 0x03;
    internal const int TPSR = 0x04;
    internal const int TBCR0 = 0x05;
    internal const int TBCR1 = 0x06;
    internal const int ISR = 0x07;
    internal const int RSAR0 = 0x08;
    internal const int RSAR1 = 0x09;
    internal const int RBCR0 = 0x0a;
    internal const int RBCR1 = 0x0b;
    internal const int RCR = 0x0c;
    internal const int TCR = 0x0d;
    internal const int DCR = 0x0e;
    internal const int IMR = 0x0f;

    /// <summary>Page 1.</summary>
    internal const int PAR0 = 0x01;
    internal const int CURR = 0x07;
    internal const int MAR0 = 0x08;

    internal const int Data = 0x10;
    internal const int Reset = 0x1f;

    internal const byte STP = 1 << 0;
    internal const byte STA = 1 << 1;
    internal const byte TXP = 1 << 2;
    internal const byte RemoteRead = 1 << 3;
    internal const byte RemoteWrite = 2 << 3;
    internal const byte NoDma = 4 << 3;
    internal const byte Page1 = 1 << 6;

    internal const byte PRX = 1 << 0;
    internal const byte PTX = 1 << 1;
    internal const byte TXE = 1 << 3;
    internal const byte OVW = 1 << 4;
    internal const byte RDC = 1 << 6;
    internal const byte RST = 1 << 7;

    internal const byte RCR_AB = 1 << 2;
    internal const byte RCR_AM = 1 << 3;
    internal const byte RCR_MON = 1 << 5;

    internal const byte TCR_Loopback = 1 << 1;

    /// <summary>DCR: transfers of 16 bits, normal operation, and a FIFO threshold of 8 bytes.</summary>
    internal const byte DCR_WordWide = (1 << 0) | (1 << 3) | (2 << 5);

    internal const byte RSR_PRX = 1 << 0;
    internal const byte RSR_Errors = 0x1e;
}
