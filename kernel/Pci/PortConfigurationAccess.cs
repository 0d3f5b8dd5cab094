using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>Configuration mechanism #1: an address port at 0xCF8 and a data port at 0xCFC (PCI 3.0, 3.2.2.3.2). Every PC has it;
/// it reaches the first 256 bytes of a function.</summary>
public sealed class PortConfigurationAccess(Platform platform, PathCounters counters) : ConfigurationAccess
{
    private const ushort FirstPort = 0xcf8;
    private const int CONFIG_ADDRESS = 0;
    private const int CONFIG_DATA = 4;
    private const uint Enable = 0x8000_0000;
    private const int Reach = 256;

    private readonly RegisterWindow _ports = platform.OpenPorts(FirstPort, counters);

    /// <inheritdoc/>
    public override ConfigurationAccess CountedFor(PathCounters counters) => new PortConfigurationAccess(platform, counters);

    /// <inheritdoc/>
    public override uint Read32(PciAddress function, int offset)
    {
        if (offset >= Reach)
            return uint.MaxValue;
        Select(function, offset);
        return _ports.Read32(CONFIG_DATA);
    }

    /// <inheritdoc/>
    public override void Write16(PciAddress function, int offset, ushort value)
    {
        if (offset >= Reach)
            return;
        Select(function, offset);
        _ports.Write16(CONFIG_DATA + (offset & 2), value);
    }

    /// <inheritdoc/>
    public override void Write32(PciAddress function, int offset, uint value)
    {
        if (offset >= Reach)
            return;
        Select(function, offset);
        _ports.Write32(CONFIG_DATA, value);
    }

    private void Select(PciAddress function, int offset) =>
        _ports.Write32(CONFIG_ADDRESS, Enable | ((uint)function.RoutingId << 8) | ((uint)offset & 0xfc));
}
