using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Net.Devices;

/// <summary>Finds the NE2000 of Realtek, the RTL8029, on PCI: QEMU's <c>ne2k_pci</c>.</summary>
public sealed class Ne2000Driver : PciNetworkDriver
{
    private const ushort Realtek = 0x10ec;
    private const ushort Rtl8029 = 0x8029;
    private const ulong RegisterSpace = 0x20;

    /// <inheritdoc/>
    public override string Name => "ne2000";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) => function.VendorId == Realtek && function.DeviceId == Rtl8029;

    /// <inheritdoc/>
    public override INetworkDevice? TryCreate(PciFunction function, Platform platform, PacketPool pool, PathCounters counters)
    {
        RegisterWindow? registers = Open(function, counters, RegisterSpace);
        if (registers is null)
            return null;
        Ne2000 device = new(platform, registers, pool, counters);
        return Start(function, device, PciInterrupts.Connect(function, [], device));
    }

    /// <inheritdoc/>
    public override bool TryReturn(PciFunction function, INetworkDevice device, PacketPool pool) => TryReturnNic(function, (Nic)device, pool);
}
