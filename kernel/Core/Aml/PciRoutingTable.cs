namespace Guest.Core.Aml;

/// <summary>Reads where the interrupt pins of a host bridge's devices lead (<c>_PRT</c>; ACPI 6.5, 6.2.13).</summary>
public static class PciRoutingTable
{
    private const int Devices = 32;
    private const int Pins = 4;

    /// <summary>The line of each pin, four for each device, 0 where none is known; empty where the table is not a constant.</summary>
    public static int[] Read(AmlNode host)
    {
        if (host.Routing.Length == 0)
            return [];
        int[] lines = new int[Devices * Pins];
        AmlReader elements = new(host.Routing, 0, host.Routing.Length);
        while (elements.TryElements(out AmlReader entry))
        {
            // Address, pin, and a line: of a link device, or as it is.
            if (!entry.TryInteger(out ulong address) || !entry.TryInteger(out ulong pin)
                || (address >> 16) >= Devices || pin >= Pins)
                continue;
            int line = entry.TryInteger(out _) ? (entry.TryInteger(out ulong number) ? (int)number : 0)
                : entry.TryName(out AmlPath link) && link.Count != 0 ? LineOf(host, link[link.Count - 1])
                : 0;
            lines[((int)(address >> 16) * Pins) + (int)pin] = line;
        }

        return lines;
    }

    private static int LineOf(AmlNode host, uint link)
    {
        if (AmlNamespace.Find(host, link) is not { } device)
            return 0;
        ResourceTemplate resources = new(device.Resources);
        while (resources.TryNext(out FirmwareResource resource))
        {
            if (resource.Kind == FirmwareResourceKind.Interrupt)
                return (int)resource.First;
        }

        return 0;
    }
}
