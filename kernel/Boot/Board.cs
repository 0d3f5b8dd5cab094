using System;
using System.Buffers.Binary;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Boot;

/// <summary>What firmware says of the board, as far as the kernel wants to know.</summary>
internal static class Board
{
    private const int BusesInSegment = 256;
    private const int TableHeader = 44;
    private const int SegmentEntry = 16;

    /// <summary>Lists what is on PCI, through the memory-mapped configuration space where firmware names one, else by ports.</summary>
    public static PciFunction[] EnumeratePci(Platform platform, ulong acpiRoot)
    {
        PathCounters counters = new("pci");
        ulong ecam = FindEcam(Acpi.TryOpen(platform, acpiRoot));
        ConfigurationAccess access = ecam != 0
            ? new EcamConfigurationAccess(platform, ecam, BusesInSegment, counters)
            : new PortConfigurationAccess(platform, counters);
        return PciBus.Enumerate(platform, access, counters);
    }

    /// <summary>The physical address of PCI segment 0's memory-mapped configuration space (ECAM; PCI Firmware 3.3, 4.1.2), or 0.</summary>
    private static ulong FindEcam(Acpi? acpi)
    {
        ReadOnlySpan<byte> table = acpi is null ? default : acpi.Find("MCFG"u8);
        for (int at = TableHeader; at + SegmentEntry <= table.Length; at += SegmentEntry)
        {
            ReadOnlySpan<byte> entry = table[at..];
            if (BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) == 0)
                return BinaryPrimitives.ReadUInt64LittleEndian(entry);
        }

        return 0;
    }
}
