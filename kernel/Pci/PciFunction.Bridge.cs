using System.Collections.Generic;

namespace Guest.Pci;

// What a bridge has besides: the buses behind it, and the windows through which it passes on (PCI-to-PCI bridge 1.2, 3.2.5).
public sealed partial class PciFunction
{
    private const int BridgeBarCount = 2;
    private const ulong MemoryGranule = 0x10_0000;
    private const ulong IoGranule = 0x1000;

    /// <summary>The number of the bus behind a bridge; 0 where nobody has given it one.</summary>
    public byte SecondaryBus { get; private set; }

    /// <summary>The highest number of a bus behind a bridge.</summary>
    internal byte SubordinateBus { get; private set; }

    internal void ReadBuses()
    {
        uint buses = Read32(PciRegister.Buses);
        SecondaryBus = (byte)(buses >> 8);
        SubordinateBus = (byte)(buses >> 16);
    }

    internal void WriteBuses(byte secondary, byte subordinate)
    {
        SecondaryBus = secondary;
        SubordinateBus = subordinate;
        uint latency = Read32(PciRegister.Buses) & 0xff00_0000;
        Write32(PciRegister.Buses, latency | ((uint)subordinate << 16) | ((uint)secondary << 8) | Address.Bus);
        Enable(PciCommand.IoSpace | PciCommand.MemorySpace | PciCommand.BusMaster);
    }

    /// <summary>Whether a bridge is on the way to this function.</summary>
    public bool IsBehind(PciFunction bridge)
    {
        for (PciFunction? above = Bridge; above is not null; above = above.Bridge)
        {
            if (above == bridge)
                return true;
        }

        return false;
    }

    /// <summary>The bytes, or ports, of those regions that have no place yet.</summary>
    internal ulong Wanted(bool isIo)
    {
        ulong wanted = 0;
        for (int i = 0; i < BarSlots; i++)
        {
            if (PlacedBar(i) is { Address: 0, Length: not 0 } bar && bar.IsIo == isIo)
                wanted += bar.Length;
        }

        return wanted;
    }

    /// <summary>Adds what this function takes of the bus before it.</summary>
    internal void AddTaken(List<PciWindow> taken)
    {
        for (int i = 0; i < BarSlots; i++)
        {
            if (PlacedBar(i) is { IsUsable: true } bar)
                taken.Add(new(bar.Address, bar.Address + bar.Length - 1, bar.IsIo));
        }

        if (!IsBridge)
            return;
        AddPassedOn(taken, isIo: true, prefetchable: false);
        AddPassedOn(taken, isIo: false, prefetchable: true);
    }

    /// <summary>Adds the windows of a bridge that are open.</summary>
    internal void AddPassedOn(List<PciWindow> windows, bool isIo, bool prefetchable)
    {
        if (isIo)
        {
            uint io = Read32(PciRegister.IoWindow);
            AddOpen(windows, new((io & 0xf0) << 8, (io & 0xf000) | (IoGranule - 1), IsIo: true));
            return;
        }

        uint memory = Read32(PciRegister.MemoryWindow);
        AddOpen(windows, new((memory & 0xfff0) << 16, (memory & 0xfff0_0000) | (MemoryGranule - 1), IsIo: false));
        if (!prefetchable)
            return;
        uint low = Read32(PciRegister.PrefetchableWindow);
        ulong upperFirst = (low & 0xf) == 1 ? Read32(PciRegister.PrefetchableUpperFirst) : 0;
        ulong upperLast = (low & 0xf) == 1 ? Read32(PciRegister.PrefetchableUpperLast) : 0;
        ulong first = (upperFirst << 32) | ((low & 0xfff0) << 16);
        AddOpen(windows, new(first, (upperLast << 32) | (low & 0xfff0_0000) | (MemoryGranule - 1), IsIo: false));
    }

    /// <summary>Opens a window of a bridge.</summary>
    internal void PassOn(PciWindow window)
    {
        if (window.IsIo)
            Write16(PciRegister.IoWindow, (ushort)(((window.First >> 8) & 0xf0) | (window.Last & 0xf000)));
        else
            Write32(PciRegister.MemoryWindow, (uint)(((window.First >> 16) & 0xfff0) | (window.Last & 0xfff0_0000)));
        Enable(PciCommand.IoSpace | PciCommand.MemorySpace | PciCommand.BusMaster);
    }

    // Shut: its end lies before its beginning, or nobody has set it.
    private static void AddOpen(List<PciWindow> windows, PciWindow window)
    {
        if (window.First != 0 && window.First <= window.Last)
            windows.Add(window);
    }
}
