using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>The virtio devices of a machine without a bus, where the command line or firmware says that they are: QEMU's
/// microvm, Firecracker.</summary>
internal static class VirtioMmioBus
{
    /// <summary>The devices in the slots; most slots of a microvm are empty.</summary>
    public static VirtioMmioDevice[] Find(Platform platform, ReadOnlySpan<VirtioMmioSlot> slots)
    {
        if (slots.IsEmpty)
            return [];
        PathCounters probing = new("virtio-mmio");
        VirtioMmioDevice[] devices = new VirtioMmioDevice[slots.Length];
        int count = 0;
        foreach (VirtioMmioSlot slot in slots)
        {
            if (MmioTransport.TryOpen(platform, slot, probing) is { } found)
                devices[count++] = new VirtioMmioDevice(slot, found.DeviceType);
        }

        Array.Resize(ref devices, count);
        return devices;
    }
}
