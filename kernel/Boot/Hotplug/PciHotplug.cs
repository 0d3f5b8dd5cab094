using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pci;

namespace Guest.Boot.Hotplug;

/// <summary>Cards and disks on PCI that come and go while the machine runs.</summary>
internal sealed class PciHotplug
{
    /// <summary>Memory, in bytes, that must be free before a device is started: more than the driver, the tables and the rings of any take that
    /// serves one card or a few disks.</summary>
    private const ulong LeastFree = 1 << 20;

    /// <summary>The same for a controller of up to 32 disks.</summary>
    private const ulong LeastFreeForManyDisks = 8 << 20;

    /// <summary>With less free than this, in bytes, what comes is not even looked at.</summary>
    private const ulong LeastFreeToLook = 256 << 10;

    private const byte MassStorage = 1;
    private const byte SerialAta = 6;

    private readonly PciBus _pci;
    private readonly Devices _devices;

    /// <summary>Serves the cards and disks of a machine, as somebody hears of them.</summary>
    internal PciHotplug(PciBus pci, Devices devices)
    {
        _pci = pci;
        _devices = devices;
    }

    /// <summary>Hears from now on what comes and what is to go: from the registers that firmware names, else from the slots themselves.</summary>
    public static void Start(Platform platform, Board board, Devices devices)
    {
        PciHotplug hotplug = new(board.Pci, devices);
        List<AcpiHotplugBus> buses = AcpiHotplugBus.All(board);
        if (buses.Count != 0)
            AcpiPciHotplug.Start(platform, board, buses, hotplug);
        foreach (PciFunction function in board.Pci.Functions)
        {
            if (function.IsBridge && !AcpiHotplugBus.Knows(buses, function))
                PcieSlotWatch.Start(function, hotplug);
        }
    }

    /// <summary>Starts what has come on a bus, a root's own or the one behind a bridge.</summary>
    public void TakeNew(PciRoot root, PciFunction? bridge)
    {
        if (PhysicalMemory.Frames.FreeBytes < LeastFreeToLook)
        {
            Log.Warn("pci", $"what has come is not used: there is no memory for it");
            return;
        }

        foreach (PciFunction function in _pci.FindNew(root, bridge))
        {
            LogLine line = new(0, 0);
            PciListing.Append(ref line, function);
            if (!HasMemoryFor(function))
            {
                line.AppendLiteral(" has come, and is not used: there is too little memory for it");
                Log.Warn("pci", ref line);
                continue;
            }

            line.AppendLiteral(" has come");
            Log.Info("pci", ref line);
            _devices.Add(function);
        }
    }

    /// <summary>Takes leave of a device that is to go, or has gone, and of everything behind it.</summary>
    public void Leave(List<PciFunction> device)
    {
        foreach (PciFunction function in device)
        {
            for (int i = 0; i < _pci.Count; i++)
            {
                if (_pci[i].IsBehind(function))
                    Leave(_pci[i]);
            }

            Leave(function);
            _pci.Forget(function);
        }
    }

    private static bool HasMemoryFor(PciFunction function)
    {
        bool manyDisks = function.BaseClass == MassStorage && function.SubClass == SerialAta;
        return PhysicalMemory.Frames.FreeBytes >= (manyDisks ? LeastFreeForManyDisks : LeastFree);
    }

    private void Leave(PciFunction function)
    {
        LogLine line = new(0, 0);
        PciListing.Append(ref line, function);
        line.AppendLiteral(" goes");
        Log.Info("pci", ref line);
        _devices.Remove(function);
        // From here on it can neither touch memory nor interrupt.
        function.Disable(PciCommand.BusMaster);
        function.DisconnectInterrupts();
    }
}
