using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;

namespace Guest.Net.Devices;

/// <summary>Virtio network cards on PCI.</summary>
internal sealed class VirtioNetDriver : PciNetworkDriver
{
    /// <inheritdoc/>
    public override string Name => "virtio";

    /// <inheritdoc/>
    public override string DeviceName => "virtio-net";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) => VirtioPci.DeviceTypeOf(function) == VirtioNet.DeviceType;

    /// <inheritdoc/>
    public override INetworkDevice? TryCreate(PciFunction function, Platform platform, PacketPool pool, PathCounters counters)
    {
        VirtioTransport? transport = VirtioPci.TryOpen(function, counters);
        return transport is null ? null : VirtioNet.TryCreate(transport, pool);
    }

    /// <inheritdoc/>
    public override bool TryReturn(PciFunction function, INetworkDevice device, PacketPool pool) => ((VirtioNet)device).TryReturn(pool);
}
