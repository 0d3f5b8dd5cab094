using System.Collections.Generic;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>A host bridge: the first bus behind it, and what it passes on.</summary>
/// <param name="access">The way to the configuration registers of its buses.</param>
/// <param name="segment">The segment that its buses belong to.</param>
/// <param name="firstBus">The number of its own bus.</param>
/// <param name="lastBus">The highest number that a bus behind it may have.</param>
/// <param name="windows">Where the regions of what is behind it may lie, best ones first; used where firmware has left something unplaced.</param>
public sealed class PciRoot(ConfigurationAccess access, ushort segment, byte firstBus, byte lastBus, PciWindow[] windows)
{
    private const int PinsPerDevice = 4;

    private readonly List<CountedAccess> _counted = [];
    private readonly List<PciFunction> _device = [];

    /// <summary>The number of its own bus.</summary>
    public byte FirstBus { get; } = firstBus;

    /// <summary>The segment that its buses belong to.</summary>
    public ushort Segment { get; } = segment;

    /// <summary>The lines that the pins of its own bus lead to, four for each device, 0 for none; empty where only firmware's notes are known.</summary>
    public int[] Lines { get; set; } = [];

    /// <summary>Whether <see cref="Lines"/> hold whatever firmware has noted in a function.</summary>
    public bool LinesAreSure { get; set; }

    internal ConfigurationAccess Access { get; } = access;

    internal byte LastBus { get; } = lastBus;

    internal byte HighestBus { get; set; } = firstBus;

    internal PciWindow[] Windows { get; } = windows;

    /// <summary>Everything behind it.</summary>
    internal List<PciFunction> Functions { get; } = [];

    /// <summary>The function at an address behind it; null if none is known there.</summary>
    public PciFunction? Find(PciAddress address)
    {
        foreach (PciFunction function in Functions)
        {
            if (function.Address == address)
                return function;
        }

        return null;
    }

    /// <summary>The functions of a device, in a list that the next call fills anew.</summary>
    public List<PciFunction> FindDevice(byte bus, int device)
    {
        _device.Clear();
        for (int function = 0; function < PciAddress.FunctionsPerDevice; function++)
        {
            if (Find(new PciAddress(bus, (byte)device, (byte)function)) is { } known)
                _device.Add(known);
        }

        return _device;
    }

    /// <summary>The line of a pin, 1 to 4, of a device on its own bus; -1 if that is not known.</summary>
    internal int LineOf(int device, int pin)
    {
        int index = (device * PinsPerDevice) + ((pin - 1) & (PinsPerDevice - 1));
        return index < Lines.Length && Lines[index] != 0 ? Lines[index] : -1;
    }

    /// <summary>The way to the configuration registers with its accesses counted for a device; one for each, however often functions are claimed.</summary>
    internal ConfigurationAccess AccessFor(PathCounters counters)
    {
        foreach (CountedAccess known in _counted)
        {
            if (known.Counters == counters)
                return known.Access;
        }

        CountedAccess made = new(counters, Access.CountedFor(counters));
        _counted.Add(made);
        return made.Access;
    }

    private readonly record struct CountedAccess(PathCounters Counters, ConfigurationAccess Access);
}
