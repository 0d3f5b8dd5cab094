using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Storage;

namespace Guest.Boot.Hotplug;

/// <summary>Cards and disks on PCI that come and go while the machine runs.</summary>
internal sealed class PciHotplug
{
    private readonly Board _board;
    private readonly Networks _networks;
    private readonly DiskFinder? _disks;

    private PciHotplug(Board board, Networks networks, DiskFinder? disks)
    {
        _board = board;
        _networks = networks;
        _disks = disks;
    }

    /// <summary>Hears from now on what comes and what is to go: from the registers that firmware names, else from the slots themselves.</summary>
    public static void Start(Platform platform, Board board, Networks networks, DiskFinder? disks)
    {
        PciHotplug hotplug = new(board, networks, disks);
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
        PciFunction[] arrived = _board.Pci.FindNew(root, bridge);
        foreach (PciFunction function in arrived)
        {
            LogLine line = new(0, 0);
            PciListing.Append(ref line, function);
            line.AppendLiteral(" has come");
            Log.Info("pci", ref line);
        }

        _networks.AddFromPci(arrived);
        _disks?.AddFromPci(arrived);
    }

    /// <summary>Takes leave of a device that is to go, or has gone, and of everything behind it.</summary>
    public void Leave(List<PciFunction> device)
    {
        foreach (PciFunction function in device)
        {
            foreach (PciFunction behind in _board.Pci.Functions)
            {
                if (behind.IsBehind(function))
                    Leave(behind);
            }

            Leave(function);
            _board.Pci.Forget(function);
        }
    }

    private void Leave(PciFunction function)
    {
        LogLine line = new(0, 0);
        PciListing.Append(ref line, function);
        line.AppendLiteral(" goes");
        Log.Info("pci", ref line);
        _networks.Remove(function);
        _disks?.RemoveFromPci(function);
        // From here on it can neither touch memory nor interrupt.
        function.Disable(PciCommand.BusMaster);
        function.DisconnectInterrupts();
    }
}
