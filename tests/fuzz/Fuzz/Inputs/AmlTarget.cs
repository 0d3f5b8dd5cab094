using System;
using Guest.Core.Aml;

namespace Guest.Fuzz.Inputs;

/// <summary>The code of a definition block, which the firmware wrote, or whoever made the machine.</summary>
internal sealed class AmlTarget() : InputTarget("aml", "ACPI definition blocks, their resources and routing tables")
{
    private const int TableHeader = 36;
    private const int MostNodes = 100_000;

    public override byte[][] Words =>
    [
        "_HID"u8.ToArray(), "_ADR"u8.ToArray(), "_CRS"u8.ToArray(), "_PRT"u8.ToArray(), "_BBN"u8.ToArray(), "_SEG"u8.ToArray(), "_STA"u8.ToArray(), "BSEL"u8.ToArray(),
        "PNP0A03"u8.ToArray(), [0x5b, 0x82], [0x5b, 0x80], [0x5b, 0x81], [0xa0], [0xa4], [0x11], [0x12], [0x14], [0x10], [0x2e], [0x2f], [0x88], [0x8a], [0x79, 0],
    ];

    public override byte[][] Seeds =>
    [
        // Device (ABCD) { Method (_BBN, 0) { Return (0x42) }  Name (_HID, "PNP0A08") }
        [0x5b, 0x82, 0x1d, .. "ABCD"u8, 0x14, 0x09, .. "_BBN"u8, 0x00, 0xa4, 0x0a, 0x42, 0x08, .. "_HID"u8, 0x0d, .. "PNP0A08"u8, 0x00],
        // Device (VR00) { Name (_HID, "LNRO0005")  Name (_CRS, a buffer of a 32-bit memory range and an interrupt) }
        [0x5b, 0x82, 0x36, .. "VR00"u8, 0x08, .. "_HID"u8, 0x0d, .. "LNRO0005"u8, 0x00, 0x08, .. "_CRS"u8, 0x11, 0x19, 0x0a, 0x16,
            0x86, 0x09, 0x00, 0x01, 0x00, 0x2e, 0xb0, 0xfe, 0x00, 0x02, 0x00, 0x00, 0x89, 0x06, 0x00, 0x01, 0x01, 0x2f, 0, 0, 0, 0x79, 0],
        // Device (PCI0) { Name (_PRT, Package (1) { Package (4) { 0x0001ffff, 0, 0, 16 } }) }
        [0x5b, 0x82, 0x1c, .. "PCI0"u8, 0x08, .. "_PRT"u8, 0x12, 0x10, 0x01, 0x12, 0x0d, 0x04, 0x0c, 0xff, 0xff, 0x01, 0x00, 0x00, 0x00, 0x0a, 0x10],
        // Scope (_SB) { OperationRegion (PCST, SystemIO, 0xae00, 8) }
        [0x10, 0x14, .. "_SB_"u8, 0x5b, 0x80, .. "PCST"u8, 0x01, 0x0b, 0x00, 0xae, 0x0a, 0x08],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        AmlNamespace names = new();
        names.Load([.. new byte[TableHeader], .. input]);
        int nodes = 0;
        for (AmlNode? node = names.Root; node is not null; node = AmlNamespace.Next(node))
        {
            Assert.True(++nodes <= MostNodes, "there are nodes without end");
            ResourceTemplate template = new(node.Resources);
            for (int resources = 0; template.TryNext(out _); resources++)
                Assert.True(resources <= node.Resources.Length, "there are resources without end");
            _ = PciRoutingTable.Read(node);
        }
    }
}
