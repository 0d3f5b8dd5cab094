using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Net.Devices;

/// <summary>Finds Intel's 8254x and 82574L on PCI.</summary>
public sealed class E1000Driver(E1000Model model) : PciNetworkDriver
{
    private const ushort Intel = 0x8086;
    private const ulong RegisterSpace = 0x20000;

    /// <inheritdoc/>
    public override string Name => model.Name;

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) => function.VendorId == Intel && (model.Is82574
        ? function.DeviceId == 0x10d3
        : function.DeviceId is 0x100e or 0x100f or 0x1008); // 82540EM, 82545EM, 82544GC: the three that QEMU has

    /// <inheritdoc/>
    public override INetworkDevice? TryCreate(PciFunction function, Platform platform, PacketPool pool, PathCounters counters)
    {
        RegisterWindow? registers = Open(function, counters, RegisterSpace);
        if (registers is null)
            return null;
        return Start(function, new E1000(model, platform, registers, pool, counters));
    }

    /// <inheritdoc/>
    public override bool TryReturn(PciFunction function, INetworkDevice device, PacketPool pool)
    {
        E1000 card = (E1000)device;
        if (!card.TryReturn(pool))
            return false;
        function.Enable(PciCommand.MemorySpace);
        return Start(function, card) is not null;
    }

    private INetworkDevice? Start(PciFunction function, E1000 device)
    {
        PciInterruptKind interrupts = model.Is82574
            ? PciInterrupts.Connect(function, [device, device.OtherCauses], device)
            : PciInterrupts.Connect(function, [], device);
        device.UseMessages(interrupts == PciInterruptKind.MsiX);
        return Start(function, device, interrupts);
    }
}
