using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>Every function on every bus, behind every root.</summary>
public sealed class PciBus(Platform platform, PathCounters counters)
{
    private const int Buses = 256;
    private const uint NoFunction = uint.MaxValue;

    private readonly List<PciRoot> _roots = [];
    private readonly List<PciFunction> _functions = [];
    private readonly List<bool[]> _visitedInSegment = [];

    /// <summary>What was found, in the order of the roots, and of the addresses on each bus.</summary>
    public PciFunction[] Functions => _functions.ToArray();

    /// <summary>Lists the functions behind bus 0 and behind every bridge.</summary>
    public static PciFunction[] Enumerate(Platform platform, ConfigurationAccess access, PathCounters counters)
    {
        PciBus bus = new(platform, counters);
        bus.Add(new PciRoot(access, segment: 0, firstBus: 0, lastBus: Buses - 1, []));
        return bus.Functions;
    }

    /// <summary>Lists the functions behind a root. A bridge that leads back to a bus already seen is not followed, and neither is a root whose bus
    /// was found behind another one; bridges that firmware has not numbered are numbered.</summary>
    public void Add(PciRoot root)
    {
        bool[] visited = VisitedIn(root.Segment);
        if (visited[root.FirstBus])
            return;
        _roots.Add(root);
        Scan(root, visited, root.FirstBus, null);
        // Only now is it known which numbers firmware gave.
        for (int i = 0; i < root.Functions.Count; i++)
        {
            if (root.Functions[i] is { IsBridge: true, SecondaryBus: 0 } bridge)
                Number(root, visited, bridge, bridge.Bridge?.SubordinateBus ?? root.LastBus);
        }
    }

    private bool[] VisitedIn(ushort segment)
    {
        for (int i = 0; i < _roots.Count; i++)
        {
            if (_roots[i].Segment == segment)
                return _visitedInSegment[i];
        }

        bool[] visited = new bool[Buses];
        _visitedInSegment.Add(visited);
        return visited;
    }

    private void Scan(PciRoot root, bool[] visited, byte bus, PciFunction? bridge)
    {
        visited[bus] = true;
        if (bus > root.HighestBus)
            root.HighestBus = bus;
        for (int device = 0; device < PciAddress.DevicesPerBus; device++)
        {
            int functions = 1;
            for (int function = 0; function < functions; function++)
            {
                PciAddress address = new(bus, (byte)device, (byte)function);
                uint identity = root.Access.Read32(address, PciRegister.VendorId);
                if ((ushort)identity == (NoFunction & 0xffff))
                    continue;
                PciFunction found = new(platform, root, bridge, counters, address, identity);
                if (function == 0 && found.IsMultiFunction)
                    functions = PciAddress.FunctionsPerDevice;
                _functions.Add(found);
                root.Functions.Add(found);
                if (found.IsBridge)
                    Follow(root, visited, found);
            }
        }
    }

    private void Follow(PciRoot root, bool[] visited, PciFunction bridge)
    {
        bridge.ReadBuses();
        if (bridge.SubordinateBus > root.HighestBus && bridge.SubordinateBus <= root.LastBus)
            root.HighestBus = bridge.SubordinateBus;
        if (bridge.SecondaryBus != 0 && !visited[bridge.SecondaryBus])
            Scan(root, visited, bridge.SecondaryBus, bridge);
    }

    /// <summary>Gives the bus behind a bridge, and those behind that, numbers that are free and may lie there.</summary>
    private void Number(PciRoot root, bool[] visited, PciFunction bridge, byte limit)
    {
        if (root.HighestBus >= limit)
        {
            Log.Warn("pci", $"no bus number is left for the bridge at {bridge.Address.Bus}:{bridge.Address.Device}.{bridge.Address.Function}");
            return;
        }

        byte secondary = (byte)(root.HighestBus + 1);
        // All further numbers lead here while what is behind it takes its own.
        bridge.WriteBuses(secondary, limit);
        Scan(root, visited, secondary, bridge);
        for (int i = 0; i < root.Functions.Count; i++)
        {
            if (root.Functions[i] is { IsBridge: true, SecondaryBus: 0 } further && further.Bridge == bridge)
                Number(root, visited, further, limit);
        }

        bridge.WriteBuses(secondary, root.HighestBus);
    }
}
