using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>PCI Express's memory-mapped configuration space: 4 KiB a function, 1 MiB a bus (PCIe 5.0, 7.2.2).</summary>
/// <remarks>A bus is mapped when it is first asked for.</remarks>
public sealed class EcamConfigurationAccess : ConfigurationAccess
{
    private const int BusShift = 20;
    private const int FunctionShift = 12;

    private readonly Platform _platform;
    private readonly PathCounters _counters;
    private readonly EcamRegion _region;
    private readonly nuint[] _mappedBuses;
    private readonly RegisterWindow?[] _buses;

    /// <summary>Describes the region.</summary>
    /// <param name="platform">Maps it.</param>
    /// <param name="region">Where it lies; buses that are not in it read as absent.</param>
    /// <param name="counters">Who pays.</param>
    public EcamConfigurationAccess(Platform platform, EcamRegion region, PathCounters counters)
        : this(platform, region, new nuint[region.LastBus + 1], counters)
    {
    }

    private EcamConfigurationAccess(Platform platform, EcamRegion region, nuint[] mappedBuses, PathCounters counters)
    {
        _platform = platform;
        _region = region;
        _mappedBuses = mappedBuses;
        _buses = new RegisterWindow?[mappedBuses.Length];
        _counters = counters;
    }

    /// <inheritdoc/>
    public override ConfigurationAccess CountedFor(PathCounters counters) =>
        new EcamConfigurationAccess(_platform, _region, _mappedBuses, counters);

    /// <inheritdoc/>
    public override uint Read32(PciAddress function, int offset) =>
        BusOf(function)?.Read32(OffsetInBus(function, offset)) ?? uint.MaxValue;

    /// <inheritdoc/>
    public override void Write16(PciAddress function, int offset, ushort value) =>
        BusOf(function)?.Write16(OffsetInBus(function, offset), value);

    /// <inheritdoc/>
    public override void Write32(PciAddress function, int offset, uint value) =>
        BusOf(function)?.Write32(OffsetInBus(function, offset), value);

    private static int OffsetInBus(PciAddress function, int offset) =>
        ((function.RoutingId << FunctionShift) & ((1 << BusShift) - 1)) | offset;

    private RegisterWindow? BusOf(PciAddress function)
    {
        int bus = function.Bus;
        if (bus < _region.FirstBus || bus > _region.LastBus)
            return null;
        if (_buses[bus] is null)
        {
            if (_mappedBuses[bus] == 0)
                _mappedBuses[bus] = _platform.MapDevice(_region.Address + ((ulong)bus << BusShift), 1UL << BusShift);
            if (_mappedBuses[bus] == 0)
                return null;
            _buses[bus] = _platform.OpenMemory(_mappedBuses[bus], _counters);
        }

        return _buses[bus];
    }
}
