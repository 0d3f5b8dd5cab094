using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Net;
using Guest.Net.Devices;
using Guest.Pv.Virtio;
using Guest.Storage;
using Guest.Storage.Devices;

namespace Guest.Boot;

/// <summary>The virtio devices of a machine without a bus, where the command line or firmware says that they are: QEMU's
/// microvm, Firecracker.</summary>
internal static class VirtioMmioBus
{
    /// <summary>Starts the network cards and disks in the slots; most slots of a microvm are empty.</summary>
    public static void Start(Platform platform, ReadOnlySpan<VirtioMmioSlot> slots, Networks networks, DiskFinder? disks)
    {
        if (slots.IsEmpty)
            return;
        PathCounters probing = new("virtio-mmio");
        foreach (VirtioMmioSlot slot in slots)
        {
            switch (MmioTransport.TryOpen(platform, slot, probing)?.DeviceType)
            {
                case VirtioNet.DeviceType when networks.Wants("virtio"):
                    AddNetwork(platform, slot, networks);
                    break;
                case VirtioBlk.DeviceType:
                    disks?.AddFrom(slot);
                    break;
                default:
                    break;
            }
        }
    }

    private static void AddNetwork(Platform platform, VirtioMmioSlot slot, Networks networks)
    {
        string name = networks.NameOf("virtio-net");
        if (networks.TryNewPool(name) is not { } pool)
            return;
        MmioTransport transport = MmioTransport.TryOpen(platform, slot, new PathCounters(name))!;
        if (VirtioNet.TryCreate(transport, pool) is { } device)
            networks.Add(device, pool);
    }
}
