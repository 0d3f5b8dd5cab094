using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Pv.Virtio;

/// <summary>Which PCI functions are virtio devices (virtio 1.2, 4.1.2).</summary>
public static class VirtioPci
{
    private const ushort VendorId = 0x1af4;
    private const ushort FirstTransitionalId = 0x1000;
    private const ushort FirstModernId = 0x1040;
    private const ushort LastModernId = 0x107f;

    /// <summary>The virtio device type of a function; 0 if it is not virtio.</summary>
    public static uint DeviceTypeOf(PciFunction function)
    {
        if (function.VendorId != VendorId || function.DeviceId is < FirstTransitionalId or > LastModernId)
            return 0;
        return function.DeviceId >= FirstModernId ? (uint)(function.DeviceId - FirstModernId) : function.SubsystemId;
    }

    /// <summary>Whether a virtio function may have the legacy interface.</summary>
    public static bool IsTransitional(PciFunction function) => function.DeviceId < FirstModernId;

    /// <summary>Claims a virtio function and opens the best transport that it has.</summary>
    /// <returns>Null, with the reason on the console, if it has none that works.</returns>
    public static VirtioTransport? TryOpen(PciFunction function, PathCounters counters)
    {
        function.Claim(counters);
        VirtioTransport? transport = PciModernTransport.TryOpen(function, counters);
        transport ??= PciLegacyTransport.TryOpen(function, counters);
        if (transport is null)
            Log.Warn(counters.Name, $"lacks a virtio structure, or firmware gave its registers no place");
        return transport;
    }
}
