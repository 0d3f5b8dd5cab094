namespace Guest.Storage.Devices;

/// <summary>Bits of an ATA device's Status register (ACS-3, 6.2), and of its Device register.</summary>
internal static class AtaStatus
{
    public const byte Error = 0x01;
    public const byte DataRequest = 0x08;
    public const byte DeviceFault = 0x20;
    public const byte Ready = 0x40;
    public const byte Busy = 0x80;

    /// <summary>What a channel with nothing on it reads as: the bus floats high.</summary>
    public const byte Floating = 0xff;

    /// <summary>Device register: the address is a logical block's.</summary>
    public const byte DeviceLba = 0x40;

    /// <summary>Device register: the second drive of the channel is meant.</summary>
    public const byte DeviceSecond = 0x10;

    /// <summary>Device register: two bits that were always one in ATA-1 and are obsolete since.</summary>
    public const byte DeviceObsolete = 0xa0;
}
