using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Net;
using Guest.Net.Devices;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>The virtio devices of a machine without a bus, where the command line says that they are: QEMU's microvm, Firecracker.</summary>
internal static class VirtioMmioBus
{
    /// <summary>Starts the network cards among the slots; most slots of a microvm are empty.</summary>
    public static void AddNetworks(Platform platform, ReadOnlySpan<VirtioMmioSlot> slots, Networks networks)
    {
        if (slots.IsEmpty || !networks.Wants("virtio"))
            return;
        PathCounters probing = new("virtio-mmio");
        foreach (VirtioMmioSlot slot in slots)
        {
            if (MmioTransport.TryOpen(platform, slot, probing)?.DeviceType != VirtioNet.DeviceType)
                continue;
            PacketPool pool = Networks.NewPool();
            MmioTransport transport = MmioTransport.TryOpen(platform, slot, new PathCounters(networks.NameOf("virtio-net")))!;
            if (VirtioNet.TryCreate(transport, pool) is { } device)
                networks.Add(device, pool);
        }
    }
}
