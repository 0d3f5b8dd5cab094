namespace Guest.Storage.Devices;

/// <summary>The commands of the ATA command set that the drivers use (ACS-3, 7).</summary>
internal static class AtaCommand
{
    public const byte DataSetManagement = 0x06;
    public const byte ReadSectors = 0x20;
    public const byte ReadSectorsExt = 0x24;
    public const byte ReadDmaExt = 0x25;
    public const byte ReadMultipleExt = 0x29;
    public const byte ReadLogExt = 0x2f;
    public const byte WriteSectors = 0x30;
    public const byte WriteSectorsExt = 0x34;
    public const byte WriteDmaExt = 0x35;
    public const byte WriteMultipleExt = 0x39;
    public const byte ReadFpDmaQueued = 0x60;
    public const byte WriteFpDmaQueued = 0x61;
    public const byte ReadMultiple = 0xc4;
    public const byte WriteMultiple = 0xc5;
    public const byte SetMultipleMode = 0xc6;
    public const byte ReadDma = 0xc8;
    public const byte WriteDma = 0xca;
    public const byte FlushCache = 0xe7;
    public const byte FlushCacheExt = 0xea;
    public const byte IdentifyDevice = 0xec;

    /// <summary>The Features register's value that makes DATA SET MANAGEMENT a trim.</summary>
    public const byte FeatureTrim = 1;
}
