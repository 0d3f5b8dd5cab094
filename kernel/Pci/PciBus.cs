using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>Every function on every bus, behind every root.</summary>
public sealed class PciBus(Platform platform, PathCounters counters)
{
    private const int Buses = 256;
    /// <summary>How many different chips that went are kept for one address.</summary>
    private const int MostGoneAtAddress = 8;

    private const uint NoFunction = uint.MaxValue;

    private readonly List<PciRoot> _roots = [];
    private readonly List<PciFunction> _functions = [];
    private readonly List<bool[]> _visitedInSegment = [];

    /// <summary>What was forgotten, for those of its kind that come to its place: see <see cref="PciFunction.TryReturn"/>.</summary>
    private readonly List<PciFunction> _gone = [];
    private readonly List<PciFunction> _new = [];

    /// <summary>What was found, in the order of the roots, and of the addresses on each bus.</summary>
    public PciFunction[] Functions => _functions.ToArray();

    /// <summary>How many there are.</summary>
    public int Count => _functions.Count;

    /// <summary>One of <see cref="Functions"/>.</summary>
    public PciFunction this[int index] => _functions[index];

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
        NumberBridges(root); // only now is it known which numbers firmware gave
    }

    /// <summary>Looks at one bus again, a root's own or the one behind a bridge.</summary>
    /// <returns>What has come since it was looked at last, with what is behind that, in a list that the next call fills anew.</returns>
    public List<PciFunction> FindNew(PciRoot root, PciFunction? bridge)
    {
        int before = _functions.Count;
        Scan(root, VisitedIn(root.Segment), bridge?.SecondaryBus ?? root.FirstBus, bridge);
        NumberBridges(root);
        _new.Clear();
        for (int i = before; i < _functions.Count; i++)
            _new.Add(_functions[i]);
        return _new;
    }

    /// <summary>Forgets a function that is gone, so that another one can be found in its place, and everything behind it.</summary>
    public void Forget(PciFunction gone)
    {
        for (int i = _functions.Count - 1; i >= 0; i--)
        {
            if (_functions[i] == gone || _functions[i].IsBehind(gone))
                _functions.RemoveAt(i);
        }

        PciRoot root = gone.Root;
        for (int i = root.Functions.Count - 1; i >= 0; i--)
        {
            PciFunction function = root.Functions[i];
            if (function != gone && !function.IsBehind(gone))
                continue;
            root.Functions.RemoveAt(i);
            Keep(function);
            if (function.IsBridge)
                VisitedIn(root.Segment)[function.SecondaryBus] = false;
        }
    }

    private void NumberBridges(PciRoot root)
    {
        for (int i = 0; i < root.Functions.Count; i++)
        {
            if (root.Functions[i] is { IsBridge: true, SecondaryBus: 0 } bridge)
                Number(root, VisitedIn(root.Segment), bridge, bridge.Bridge?.SubordinateBus ?? root.LastBus);
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
                PciFunction? known = root.Find(address);
                PciFunction found = known ?? TakeGone(root, bridge, address, identity)
                    ?? new(platform, root, bridge, counters, address, identity);
                if (function == 0 && found.IsMultiFunction)
                    functions = PciAddress.FunctionsPerDevice;
                if (known is not null)
                    continue;
                _functions.Add(found);
                root.Functions.Add(found);
                if (found.IsBridge)
                    Follow(root, visited, found);
            }
        }
    }

    /// <summary>Keeps a function that went, and lets go of the one that went from its address first, where there are many by now.</summary>
    private void Keep(PciFunction function)
    {
        int first = -1;
        int count = 1;
        for (int i = _gone.Count - 1; i >= 0; i--)
        {
            if (_gone[i].Root != function.Root || _gone[i].Address != function.Address)
                continue;
            first = i;
            count++;
        }

        if (count > MostGoneAtAddress)
        {
            _gone[first].UnmapRegions();
            _gone.RemoveAt(first);
        }

        _gone.Add(function);
    }

    /// <summary>The function that was at an address before, if it is that which has come.</summary>
    private PciFunction? TakeGone(PciRoot root, PciFunction? bridge, PciAddress address, uint identity)
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            PciFunction gone = _gone[i];
            if (gone.Root != root || gone.Address != address || !gone.TryReturn(bridge, identity))
                continue;
            _gone.RemoveAt(i);
            return gone;
        }

        return null;
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
