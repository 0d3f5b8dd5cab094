using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Testing;

/// <summary>Configuration space of functions that a test puts where it wants them.</summary>
public sealed class FakeConfiguration(PathCounters counters) : ConfigurationAccess
{
    private readonly Dictionary<PciAddress, FakeFunction> _functions = [];

    private FakeConfiguration(PathCounters counters, Dictionary<PciAddress, FakeFunction> functions)
        : this(counters) => _functions = functions;

    public FakeFunction this[byte bus, byte device, byte function]
    {
        set => _functions[new(bus, device, function)] = value;
    }

    /// <summary>Takes a function out.</summary>
    public void Remove(byte bus, byte device, byte function) => _functions.Remove(new(bus, device, function));

    public override ConfigurationAccess CountedFor(PathCounters counters) => new FakeConfiguration(counters, _functions);

    public override uint Read32(PciAddress function, int offset)
    {
        counters.Count(PathEvent.RegisterRead);
        return _functions.TryGetValue(function, out FakeFunction? found) ? found.Get32(offset) : uint.MaxValue;
    }

    public override void Write16(PciAddress function, int offset, ushort value)
    {
        counters.Count(PathEvent.RegisterWrite);
        if (_functions.TryGetValue(function, out FakeFunction? found))
            found.Set16(offset, value);
    }

    public override void Write32(PciAddress function, int offset, uint value)
    {
        counters.Count(PathEvent.RegisterWrite);
        if (_functions.TryGetValue(function, out FakeFunction? found))
            found.Write32(offset, value);
    }
}
