using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>Finds every function on every bus.</summary>
public sealed class PciBus
{
    private const ushort NoVendor = 0xffff;

    private readonly Platform _platform;
    private readonly ConfigurationAccess _access;
    private readonly PathCounters _counters;
    private readonly bool[] _visited = new bool[256];
    private PciFunction[] _found = new PciFunction[16];
    private int _count;

    private PciBus(Platform platform, ConfigurationAccess access, PathCounters counters)
    {
        _platform = platform;
        _access = access;
        _counters = counters;
    }

    /// <summary>Lists the functions behind bus 0 and behind every bridge that firmware has numbered, in the order of their addresses on
    /// each bus. A bridge that leads back to a bus already seen is not followed.</summary>
    public static PciFunction[] Enumerate(Platform platform, ConfigurationAccess access, PathCounters counters)
    {
        PciBus bus = new(platform, access, counters);
        bus.Scan(0);
        PciFunction[] functions = new PciFunction[bus._count];
        for (int i = 0; i < functions.Length; i++)
            functions[i] = bus._found[i];
        return functions;
    }

    private void Scan(byte bus)
    {
        _visited[bus] = true;
        for (int device = 0; device < PciAddress.DevicesPerBus; device++)
        {
            int functions = 1;
            for (int function = 0; function < functions; function++)
            {
                PciAddress address = new(bus, (byte)device, (byte)function);
                if (_access.Read16(address, PciRegister.VendorId) == NoVendor)
                    continue;
                PciFunction found = new(_platform, _access, _counters, address);
                if (function == 0 && found.IsMultiFunction)
                    functions = PciAddress.FunctionsPerDevice;
                Add(found);
                if (found.IsBridge)
                    Follow(found);
            }
        }
    }

    private void Follow(PciFunction bridge)
    {
        byte secondary = bridge.Read8(PciRegister.SecondaryBus);
        if (!_visited[secondary])
            Scan(secondary);
    }

    private void Add(PciFunction function)
    {
        if (_count == _found.Length)
        {
            PciFunction[] larger = new PciFunction[_count * 2];
            for (int i = 0; i < _count; i++)
                larger[i] = _found[i];
            _found = larger;
        }

        _found[_count++] = function;
    }
}
