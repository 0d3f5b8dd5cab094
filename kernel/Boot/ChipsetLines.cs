using Guest.Pci;

namespace Guest.Boot;

/// <summary>Where the pins of the first bus lead on the two chipsets of PCs whose tables say it by a method only.</summary>
internal static class ChipsetLines
{
    private const ushort Intel = 0x8086;
    private const ushort Piix3 = 0x7000;
    private const ushort Ich9 = 0x2918;
    private const ushort Qemu = 0x1af4;

    private const int Devices = 32;
    private const int Pins = 4;

    // 82371SB (PIIX3), 2.2.9: PIRQRC[A:D], one byte each, with bit 7 for a pin that is not routed.
    private const int PirqRoutes = 0x60;
    private const int NotRouted = 0x80;

    // ICH9 (316972), 10.1: the pins of cards lead to PIRQ[E:H], which are lines 20 to 23; those of the chipset's own devices are left out.
    private const int FirstIch9Line = 20;
    private const int FirstIch9Device = 25;

    /// <summary>Gives a root the lines that its chipset has, where a function of it is one of these.</summary>
    public static void Apply(PciRoot root, PciFunction[] functions)
    {
        foreach (PciFunction function in functions)
        {
            if (function.Root != root || function.VendorId != Intel)
                continue;
            if (function.DeviceId == Piix3)
            {
                root.Lines = OfPiix3(function);
                // QEMU's board wires them in this way whatever firmware notes (qboot notes another); others with this chip do not.
                root.LinesAreSure = function.SubsystemVendorId == Qemu;
                return;
            }

            if (function.DeviceId == Ich9)
            {
                root.Lines = OfIch9();
                return;
            }
        }
    }

    private static int[] OfPiix3(PciFunction bridge)
    {
        uint routes = bridge.Read32(PirqRoutes);
        int[] lines = new int[Devices * Pins];
        for (int i = 0; i < lines.Length; i++)
        {
            // One further on with each pin and each device, and device 1 begins at A.
            int route = (byte)(routes >> (8 * (((i / Pins) - 1 + (i % Pins)) & 3)));
            lines[i] = (route & NotRouted) != 0 ? 0 : route;
        }

        return lines;
    }

    private static int[] OfIch9()
    {
        int[] lines = new int[Devices * Pins];
        for (int i = 0; i < FirstIch9Device * Pins; i++)
            lines[i] = FirstIch9Line + (((i / Pins) + (i % Pins)) & 3);
        return lines;
    }
}
