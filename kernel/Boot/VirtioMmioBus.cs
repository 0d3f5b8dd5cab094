using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>The virtio devices of a machine without a bus, where the command line or firmware says that they are: QEMU's
/// microvm, Firecracker.</summary>
internal static class VirtioMmioBus
{
    /// <summary>Starts the devices in the slots; most slots of a microvm are empty.</summary>
    public static void Start(Platform platform, ReadOnlySpan<VirtioMmioSlot> slots, Devices devices)
    {
        if (slots.IsEmpty)
            return;
        PathCounters probing = new("virtio-mmio");
        foreach (VirtioMmioSlot slot in slots)
        {
            if (MmioTransport.TryOpen(platform, slot, probing) is not { } found)
                continue;
            foreach (DeviceClass kind in devices.Classes)
                kind.Add(slot, found.DeviceType);
        }
    }
}
