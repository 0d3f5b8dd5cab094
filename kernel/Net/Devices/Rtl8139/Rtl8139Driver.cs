using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Net.Devices;

/// <summary>Finds Realtek's RTL8139 on PCI, for one of its two ways of working.</summary>
public sealed class Rtl8139Driver(bool cPlus) : PciNetworkDriver
{
    private const ushort Realtek = 0x10ec;
    private const ushort Chip8139 = 0x8139;
    private const byte FirstCPlusRevision = 0x20;
    private const ulong RegisterSpace = 0x100;

    /// <inheritdoc/>
    public override string Name => cPlus ? "rtl8139c+" : "rtl8139";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) =>
        function.VendorId == Realtek && function.DeviceId == Chip8139 && (!cPlus || function.Revision >= FirstCPlusRevision);

    /// <inheritdoc/>
    public override INetworkDevice? TryCreate(PciFunction function, Platform platform, PacketPool pool, PathCounters counters)
    {
        RegisterWindow? registers = Open(function, counters, RegisterSpace);
        if (registers is null)
            return null;
        Rtl8139 device = cPlus
            ? new Rtl8139CPlus(platform, registers, pool, counters)
            : new Rtl8139Classic(platform, registers, pool, counters);
        return Start(function, device, PciInterrupts.Connect(function, [], device));
    }

    /// <inheritdoc/>
    public override bool TryReturn(PciFunction function, INetworkDevice device, PacketPool pool) => TryReturnNic(function, (Nic)device, pool);
}
