using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Testing;

namespace Guest.Storage.Tests;

/// <summary>An AHCI controller at register level (AHCI 1.3.1), with a disk on each of its first ports; follows the command lists that a
/// driver gives it.</summary>
public sealed class ModelAhci
{
    private const uint Base = 0xf000_0000;
    private const uint RegionSize = 0x1000;

    private const uint Cap64BitQueuedWith32Slots = (1u << 31) | (1u << 30) | (31 << 8);

    private readonly ModelAhciPort[] _ports;
    private uint _control;
    private uint _pending;

    public ModelAhci(params ModelAtaDrive[] drives)
    {
        _ports = [.. drives.Select((drive, number) => new ModelAhciPort(this, drive, number))];
        Platform.AddMemory(Base, RegionSize, (offset, counters) => new Window(this, (int)offset, counters));
        Chip.AddMemoryBar(5, Base, RegionSize);
        PathCounters bus = new("pci");
        FakeConfiguration configuration = new(bus) { [0, 2, 0] = Chip };
        Function = PciBus.Enumerate(Platform, configuration, bus)[0];
        Platform.TimeStep = Duration.FromMicroseconds(1);
    }

    public FakePlatform Platform { get; } = new();

    /// <summary>The controller as it is on a bus.</summary>
    public FakeFunction Chip { get; } = new(0x8086, 0x2922, 0x0106_0100);

    public PciFunction Function { get; }

    public uint Capabilities { get; set; } = Cap64BitQueuedWith32Slots;

    /// <summary>Port 0, on which most tests have their disk.</summary>
    public ModelAhciPort Port => _ports[0];

    /// <summary>Whether the controller may reach memory.</summary>
    public bool MastersBus => (Chip.Get16(PciRegister.Command) & (int)PciCommand.BusMaster) != 0;

    /// <summary>Delivers the interrupt if it is raised, as Platform.Idle does.</summary>
    public void DeliverInterrupts()
    {
        if ((_control & 2) == 0 || _pending == 0)
            return;
        foreach ((int _, IInterruptHandler handler) in Platform.Lines)
            handler.OnInterrupt();
    }

    internal void Raise(int port) => _pending |= 1u << port;

    private uint Read(int offset) => offset switch
    {
        0x00 => Capabilities,
        0x04 => _control,
        0x08 => _pending,
        0x0c => uint.MaxValue >> (32 - Math.Max(_ports.Length, 2)),
        0x24 or 0x28 => 0,
        >= 0x100 when (offset - 0x100) / 0x80 < _ports.Length => _ports[(offset - 0x100) / 0x80].Read(offset % 0x80),
        _ => 0,
    };

    private void Write(int offset, uint value)
    {
        if (offset >= 0x100)
            _ports[(offset - 0x100) / 0x80].Write(offset % 0x80, value);
        else if (offset == 0x04)
            _control = value;
        else if (offset == 0x08)
            _pending &= ~value;
        for (int i = 0; i < _ports.Length; i++)
        {
            if (_ports[i].Interrupts)
                _pending |= 1u << i;
        }
    }

    private sealed class Window(ModelAhci ahci, int start, PathCounters counters) : RegisterWindow(counters, ports: false)
    {
        protected override byte Load8(int offset) => throw new InvalidOperationException("no 8-bit reads here");

        protected override ushort Load16(int offset) => throw new InvalidOperationException("no 16-bit reads here");

        protected override uint Load32(int offset) => ahci.Read(start + offset);

        protected override void Store8(int offset, byte value) => throw new InvalidOperationException("no 8-bit writes here");

        protected override void Store16(int offset, ushort value) => throw new InvalidOperationException("no 16-bit writes here");

        protected override void Store32(int offset, uint value) => ahci.Write(start + offset, value);
    }
}
