using System.Collections.Generic;
using System.Numerics;

namespace Guest.Pci;

/// <summary>Finds places for regions that firmware has left without one, as it does when there is no firmware, or a function came later.</summary>
internal static class PciPlacement
{
    private const ulong Page = 4096;
    private const ulong SmallestMemoryWindow = 0x20_0000;
    private const ulong SmallestIoWindow = 0x1000;
    private const ulong LargestMemoryWindow = 0x1000_0000;
    private const ulong LargestIoWindow = 0x4000;

    /// <summary>Finds addresses, or ports, for a region of a function, in the windows of the bridge before it, and opens those where they are
    /// shut.</summary>
    /// <param name="function">Whose region it is.</param>
    /// <param name="length">Its length, a power of two, which is its alignment too.</param>
    /// <param name="kind">The rest of what its register says.</param>
    /// <returns>The first one; 0 if there is no room.</returns>
    internal static ulong Find(PciFunction function, ulong length, PciBarKind kind)
    {
        if (!BitOperations.IsPow2(length))
            return 0;
        bool isIo = (kind & PciBarKind.Io) != 0;
        ulong alignment = isIo || length > Page ? length : Page;
        List<PciWindow> taken = TakenBeside(function);
        foreach (PciWindow window in WindowsBefore(function, kind))
        {
            if (window.IsIo != isIo || (window.First > uint.MaxValue && (kind & PciBarKind.Wide) == 0))
                continue;
            if (FindIn(window, taken, length, alignment) is var address && address != 0)
                return address;
        }

        return 0;
    }

    /// <summary>Whether a region of a function that is not on its bus yet may have a place that was found before.</summary>
    internal static bool MayHave(PciFunction function, PciBar region, PciBarKind kind)
    {
        ulong last = region.Address + region.Length - 1;
        if (TryFindOverlap(TakenBeside(function), region.Address, last, out _))
            return false;
        foreach (PciWindow window in WindowsBefore(function, kind))
        {
            if (window.IsIo == region.IsIo && window.First <= region.Address && last <= window.Last)
                return true;
        }

        return false;
    }

    private static List<PciWindow> TakenBeside(PciFunction function)
    {
        List<PciWindow> taken = function.Taken;
        taken.Clear();
        foreach (PciFunction neighbour in function.Root.Functions)
        {
            if (neighbour.Bridge == function.Bridge)
                neighbour.AddTaken(taken);
        }

        return taken;
    }

    private static List<PciWindow> WindowsBefore(PciFunction function, PciBarKind kind)
    {
        List<PciWindow> windows = function.PassedOn;
        windows.Clear();
        if (function.Bridge is not { } bridge)
        {
            foreach (PciWindow window in function.Root.Windows)
                windows.Add(window);
            return windows;
        }

        bool isIo = (kind & PciBarKind.Io) != 0;
        bridge.AddPassedOn(windows, isIo, (kind & PciBarKind.Prefetchable) != 0);
        if (windows.Count == 0 && TryOpen(bridge, isIo, out PciWindow opened))
            windows.Add(opened);
        return windows;
    }

    /// <summary>Opens a window of a bridge, with room for what is behind it and as much again.</summary>
    private static bool TryOpen(PciFunction bridge, bool isIo, out PciWindow opened)
    {
        ulong wanted = 0;
        foreach (PciFunction behind in bridge.Root.Functions)
        {
            if (behind.IsBehind(bridge))
                wanted += behind.Wanted(isIo);
        }

        ulong smallest = isIo ? SmallestIoWindow : SmallestMemoryWindow;
        ulong largest = isIo ? LargestIoWindow : LargestMemoryWindow;
        ulong length = smallest;
        while (length < wanted * 2 && length < largest)
            length *= 2;
        opened = default;
        ulong first = Find(bridge, length, isIo ? PciBarKind.Io : PciBarKind.None);
        if (first == 0)
            return false;
        opened = new(first, first + length - 1, isIo);
        bridge.PassOn(opened);
        return true;
    }

    /// <summary>The highest place in a window: firmware begins there too, and further down may be what nobody told us of.</summary>
    private static ulong FindIn(PciWindow window, List<PciWindow> taken, ulong length, ulong alignment)
    {
        ulong end = window.Last; // the last address that may be used
        while (end >= window.First && end - window.First >= length - 1)
        {
            ulong first = (end - (length - 1)) & ~(alignment - 1);
            if (first < window.First || first == 0)
                return 0;
            if (!TryFindOverlap(taken, first, first + length - 1, out PciWindow overlap))
                return first;
            if (overlap.First == 0)
                return 0;
            end = overlap.First - 1;
        }

        return 0;
    }

    private static bool TryFindOverlap(List<PciWindow> taken, ulong first, ulong last, out PciWindow overlap)
    {
        foreach (PciWindow range in taken)
        {
            if (range.Overlaps(first, last))
            {
                overlap = range;
                return true;
            }
        }

        overlap = default;
        return false;
    }
}
