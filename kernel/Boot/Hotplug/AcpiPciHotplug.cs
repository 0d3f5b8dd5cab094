using System.Collections.Generic;
using System.Numerics;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Power;
using Guest.Core.Scheduling;
using Guest.Pci;

namespace Guest.Boot.Hotplug;

/// <summary>QEMU's registers for cards that come and go (docs/specs/acpi_pci_hotplug): a general-purpose event of the board tells that something
/// happened, and the registers what, bus by bus.</summary>
internal sealed class AcpiPciHotplug : IInterruptHandler
{
    private const int HotplugEvent = 1; // general-purpose event 1, in the lowest byte of the block

    private const int Up = 0x00;
    private const int Down = 0x04;
    private const int Eject = 0x08;
    private const int BusSelect = 0x10;

    private readonly RegisterWindow _registers;
    private readonly RegisterWindow _events;
    private readonly List<AcpiHotplugBus> _buses;
    private readonly PciHotplug _hotplug;
    private readonly DeferredWork _look;

    private AcpiPciHotplug(RegisterWindow registers, RegisterWindow events, List<AcpiHotplugBus> buses, PciHotplug hotplug)
    {
        _registers = registers;
        _events = events;
        _buses = buses;
        _hotplug = hotplug;
        _look = new DeferredWork(Look);
    }

    /// <summary>Enables the event.</summary>
    public static void Start(Platform platform, Board board, List<AcpiHotplugBus> buses, PciHotplug hotplug)
    {
        PathCounters counters = new("hotplug");
        if (board.Names.HotplugPorts == 0 || board.FixedTable is not { } fadt || fadt.Gpe0.Open(platform, fadt.Gpe0Length, counters) is not { } events)
            return;
        AcpiPciHotplug registers = new(platform.OpenPorts(board.Names.HotplugPorts, counters), events, buses, hotplug);
        if (!platform.TryConnectLine(fadt.SciLine, registers, counters))
            return;
        int enable = fadt.Gpe0Length / 2;
        events.Write8(enable, (byte)(events.Read8(enable) | (1 << HotplugEvent)));
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        const byte bit = 1 << HotplugEvent;
        if ((_events.Read8(0) & bit) == 0)
            return false;
        _events.Write8(0, bit);
        Processor.Current.RunLoop.Defer(_look);
        return true;
    }

    private void Look()
    {
        foreach (AcpiHotplugBus bus in _buses)
        {
            _registers.Write32(BusSelect, (uint)bus.Number);
            uint up = _registers.Read32(Up);
            uint down = _registers.Read32(Down);
            for (; down != 0; down &= down - 1)
            {
                int slot = BitOperations.TrailingZeroCount(down);
                _hotplug.Leave(bus.Root.FindDevice(bus.Bus, slot));
                _registers.Write32(Eject, 1u << slot);
            }

            if (up != 0)
                _hotplug.TakeNew(bus.Root, bus.Bridge);
        }
    }
}
