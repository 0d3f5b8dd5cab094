using Guest.Core.Time;

namespace Guest.Net.Devices;

/// <summary>Where the chips that <see cref="E1000"/> drives differ.</summary>
/// <param name="Name">What <c>net=</c> calls it.</param>
/// <param name="EepromDone">EERD's DONE bit.</param>
/// <param name="EepromAddressShift">Where EERD's word number begins.</param>
/// <param name="Is82574">Whether it has extended receive descriptors, MSI-X with causes that clear themselves, and TXDCTL's bit 22.</param>
public sealed record E1000Model(string Name, uint EepromDone, int EepromAddressShift, bool Is82574)
{
    /// <summary>82540EM and its kin: QEMU's and VirtualBox's <c>e1000</c>.</summary>
    public static E1000Model I82540 { get; } = new("e1000", 1 << 4, 8, false);

    /// <summary>82574L: <c>e1000e</c>.</summary>
    public static E1000Model I82574 { get; } = new("e1000e", 1 << 1, 2, true);

    /// <summary>Whether it is asked to cut packets of IPv6. QEMU's 82540 counts the IPv6 header to the length of what is behind it, and receivers drop such
    /// segments; Linux does not ask that chip either.</summary>
    public bool CutsIpv6 => Is82574;

    /// <summary>How long a reset, or a word of the EEPROM, may take; the manual says microseconds to milliseconds.</summary>
    public static Duration Patience => Duration.FromMilliseconds(20);
}
