namespace Guest.Storage.Devices;

/// <summary>The registers of an IDE channel: command block, control block (ATA-6, 7) and bus master (PIIX3 datasheet, 2.4.1).</summary>
internal static class IdeRegister
{
    // Command block.
    public const int Data = 0;
    public const int Error = 1;
    public const int Features = 1;
    public const int SectorCount = 2;
    public const int LbaLow = 3;
    public const int LbaMid = 4;
    public const int LbaHigh = 5;
    public const int Device = 6;
    public const int Status = 7;
    public const int Command = 7;

    // Control block: one register that matters, read as Alternate Status (no effect on the interrupt), written as Device Control.
    public const int AlternateStatus = 0;
    public const int DeviceControl = 0;
    public const byte SoftwareReset = 4;

    // Bus master.
    public const int BusMasterCommand = 0; // BMICX
    public const int BusMasterStatus = 2; // BMISX
    public const int DescriptorTable = 4; // BMIDTPX
    public const byte Start = 1;
    public const byte ToMemory = 8;
    public const byte Active = 1;
    public const byte BusMasterError = 2;
    public const byte InterruptSeen = 4;
}
