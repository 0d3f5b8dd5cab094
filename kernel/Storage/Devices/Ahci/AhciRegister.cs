namespace Guest.Storage.Devices;

/// <summary>AHCI's registers (AHCI 1.3.1, 3): the controller's at the start of its region, then 128 bytes for each port.</summary>
internal static class AhciRegister
{
    // The controller (3.1).
    public const int CAP = 0x00;
    public const int GHC = 0x04;
    public const int IS = 0x08;
    public const int PI = 0x0c;
    public const int CAP2 = 0x24;
    public const int BOHC = 0x28;

    public const uint CAP_S64A = 1u << 31;
    public const uint CAP_SNCQ = 1u << 30;
    public const int CAP_NCS_Shift = 8;
    public const uint GHC_HR = 1;
    public const uint GHC_IE = 2;
    public const uint GHC_AE = 1u << 31;
    public const uint CAP2_BOH = 1;
    public const uint BOHC_BOS = 1;
    public const uint BOHC_OOS = 2;

    // A port (3.3).
    public const int Port0 = 0x100;
    public const int PortSize = 0x80;
    public const int PxCLB = 0x00;
    public const int PxCLBU = 0x04;
    public const int PxFB = 0x08;
    public const int PxFBU = 0x0c;
    public const int PxIS = 0x10;
    public const int PxIE = 0x14;
    public const int PxCMD = 0x18;
    public const int PxTFD = 0x20;
    public const int PxSIG = 0x24;
    public const int PxSSTS = 0x28;
    public const int PxSCTL = 0x2c;
    public const int PxSERR = 0x30;
    public const int PxSACT = 0x34;
    public const int PxCI = 0x38;

    public const uint PxCMD_ST = 1;
    public const uint PxCMD_SUD = 2;
    public const uint PxCMD_POD = 4;
    public const uint PxCMD_FRE = 1 << 4;
    public const uint PxCMD_FR = 1 << 14;
    public const uint PxCMD_CR = 1 << 15;

    public const uint PxSSTS_DET = 15;
    public const uint PxSSTS_DET_Established = 3;
    public const uint PxSCTL_DET_Reset = 1;
    public const uint PxSCTL_IPM_NoSleep = 0x300;

    /// <summary>PxSIG of an ATA disk.</summary>
    public const uint SignatureDisk = 0x0000_0101;

    /// <summary>A device-to-host register, PIO setup, DMA setup or set-device-bits FIS came: something may be complete.</summary>
    public const uint PxIS_Done = 0xf;

    /// <summary>Task file error: a command ended with the error bit.</summary>
    public const uint PxIS_TFES = 1u << 30;

    /// <summary>Task file error, host bus fatal and data errors, interface fatal error, overflow, port connect and PhyRdy changes.</summary>
    public const uint PxIS_Trouble = PxIS_TFES | (1u << 29) | (1u << 28) | (1u << 27) | (1u << 24) | (1u << 22) | (1u << 6);
}
