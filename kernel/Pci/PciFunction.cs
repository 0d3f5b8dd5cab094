using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pci;

/// <summary>One function of a device on the bus: who it is, its configuration registers, its regions and its capabilities.</summary>
/// <remarks>The bus pays for what enumeration reads; a driver calls <see cref="Claim"/> first, and its device pays from then on.</remarks>
public sealed partial class PciFunction
{
    /// <summary>Base address registers in an ordinary function.</summary>
    public const int BarCount = 6;

    /// <summary>Bytes of configuration that every way to it reaches (PCI 3.0, 6.1). A capability that claims to begin close to the end is longer
    /// than what is left: behind it would be another register again, by ports, or another function.</summary>
    private const int ConfigurationSize = 256;

    /// <summary>Behind every physical address that there can be (Intel SDM vol. 3, 4.1.4).</summary>
    private const ulong AddressEnd = 1UL << 52;

    private const uint StatusCapabilitiesList = 1 << 4;
    private const int FirstCapability = 0x40;

    private readonly PciBar?[] _bars = new PciBar?[BarCount];
    private readonly PciBarKind[] _barKinds = new PciBarKind[BarCount];
    private readonly nuint[] _mappedBars = new nuint[BarCount];
    private readonly List<OpenWindow> _windows = [];
    private IInterruptHandler?[] _handlers = [];
    private ConfigurationAccess _access;
    private PathCounters _counters;

    internal PciFunction(Platform platform, PciRoot root, PciFunction? bridge, PathCounters counters, PciAddress address, uint identity)
    {
        Platform = platform;
        Root = root;
        Bridge = bridge;
        Address = address;
        _access = root.Access;
        _counters = counters;
        VendorId = (ushort)identity;
        DeviceId = (ushort)(identity >> 16);
        uint classRevision = Read32(PciRegister.ClassRevision);
        Revision = (byte)classRevision;
        ProgrammingInterface = (byte)(classRevision >> 8);
        SubClass = (byte)(classRevision >> 16);
        BaseClass = (byte)(classRevision >> 24);
        byte header = Read8(PciRegister.HeaderType);
        IsMultiFunction = (header & 0x80) != 0;
        IsBridge = (header & 0x7f) == 1;
        if ((header & 0x7f) == 0)
        {
            uint subsystem = Read32(PciRegister.SubsystemVendorId);
            SubsystemVendorId = (ushort)subsystem;
            SubsystemId = (ushort)(subsystem >> 16);
        }
    }

    /// <summary>Where it sits.</summary>
    public PciAddress Address { get; }

    /// <summary>Who made it.</summary>
    public ushort VendorId { get; }

    /// <summary>What its maker calls it.</summary>
    public ushort DeviceId { get; }

    /// <summary>Whose board it is on.</summary>
    public ushort SubsystemVendorId { get; }

    /// <summary>What the board's maker calls it.</summary>
    public ushort SubsystemId { get; }

    /// <summary>2 for networks, 1 for storage, 6 for bridges.</summary>
    public byte BaseClass { get; }

    /// <summary>The kind within the class.</summary>
    public byte SubClass { get; }

    /// <summary>The register-level interface within the kind.</summary>
    public byte ProgrammingInterface { get; }

    /// <summary>The revision.</summary>
    public byte Revision { get; }

    /// <summary>Whether its device has functions other than 0.</summary>
    public bool IsMultiFunction { get; }

    /// <summary>Whether another bus lies behind it.</summary>
    public bool IsBridge { get; }

    /// <summary>The interrupt line as firmware noted it in the function, else as it is known of the board; -1 without a pin or a route.</summary>
    public int InterruptLine
    {
        get
        {
            uint interrupt = Read32(PciRegister.InterruptLine);
            int pin = (byte)(interrupt >> 8);
            if (pin == 0)
                return -1;
            int routed = RoutedLine(pin);
            // 0 is what stands there when nobody has written anything.
            bool isNoted = (byte)interrupt is not (0 or 0xff);
            return isNoted && !(Root.LinesAreSure && routed > 0) ? (byte)interrupt : routed;
        }
    }

    /// <summary>The root that it is behind.</summary>
    public PciRoot Root { get; }

    /// <summary>The bridge that it is behind; null on a root's own bus.</summary>
    public PciFunction? Bridge { get; }

    /// <summary>What its driver made of it, and keeps for the chip that comes to its place when this one goes.</summary>
    public object? DriverState { get; set; }

    internal Platform Platform { get; }

    internal PathCounters Counters => _counters;

    /// <summary>Makes a driver the owner: from now on its device pays for configuration accesses and for windows.</summary>
    public void Claim(PathCounters counters)
    {
        _counters = counters;
        _access = Root.AccessFor(counters);
    }

    /// <summary>Reads 8 bits of configuration; all ones behind its end, as where no function is.</summary>
    public byte Read8(int offset) => offset < ConfigurationSize ? _access.Read8(Address, offset) : byte.MaxValue;

    /// <summary>Reads 16 bits of configuration; all ones behind its end.</summary>
    public ushort Read16(int offset) => offset < ConfigurationSize ? _access.Read16(Address, offset) : ushort.MaxValue;

    /// <summary>Reads 32 bits of configuration; all ones behind its end.</summary>
    public uint Read32(int offset) => offset < ConfigurationSize ? _access.Read32(Address, offset) : uint.MaxValue;

    /// <summary>Writes 16 bits of configuration; nothing behind its end.</summary>
    public void Write16(int offset, ushort value)
    {
        if (offset < ConfigurationSize)
            _access.Write16(Address, offset, value);
    }

    /// <summary>Writes 32 bits of configuration; nothing behind its end.</summary>
    public void Write32(int offset, uint value)
    {
        if (offset < ConfigurationSize)
            _access.Write32(Address, offset, value);
    }

    /// <summary>Sets bits of the command register: a driver asks for the spaces it uses and for <see cref="PciCommand.BusMaster"/>.</summary>
    public void Enable(PciCommand bits) => Write16(PciRegister.Command, (ushort)(Read16(PciRegister.Command) | (int)bits));

    /// <summary>Clears bits of the command register; a function that must not touch memory any more loses BusMaster.</summary>
    public void Disable(PciCommand bits) => Write16(PciRegister.Command, (ushort)(Read16(PciRegister.Command) & ~(int)bits));

    /// <summary>Gives back the interrupts of a function whose driver has left it, or that is gone.</summary>
    public void DisconnectInterrupts()
    {
        foreach (IInterruptHandler? handler in _handlers)
        {
            if (handler is not null)
                Platform.Disconnect(handler);
        }

        _handlers.AsSpan().Clear();
    }

    /// <summary>Finds a capability of a kind, the first or the next one behind <paramref name="after"/>.</summary>
    /// <returns>Its offset, or 0. A list that loops, or points outside, ends where it goes wrong.</returns>
    public int FindCapability(byte id, int after = 0)
    {
        if ((Read16(PciRegister.Status) & StatusCapabilitiesList) == 0)
            return 0;
        bool passed = after == 0;
        int offset = Read8(PciRegister.CapabilitiesPointer) & ~3;
        ulong visited = 0; // a bit for each of the 64 places where a capability may begin
        while (offset >= FirstCapability && (visited & (1UL << (offset / 4))) == 0)
        {
            visited |= 1UL << (offset / 4);
            uint head = Read32(offset);
            if (passed && (byte)head == id)
                return offset;
            passed |= offset == after;
            offset = (int)(head >> 8) & 0xfc;
        }

        return 0;
    }

    /// <summary>What a base address register describes. The first call asks the function, with decoding off meanwhile, and gives a region
    /// a place that firmware has left without one, if there is room; the answer is kept.</summary>
    /// <param name="index">0 to 5; the slot after a 64-bit register is that register's upper half, and describes nothing.</param>
    public PciBar Bar(int index)
    {
        if (index is < 0 or >= BarCount)
            return default;
        PciBar bar = PlacedBar(index);
        if (bar.Length != 0 && bar.Address == 0 && PciPlacement.Find(this, bar.Length, _barKinds[index]) is var address && address != 0)
            _bars[index] = bar = Place(index, bar, address);
        return bar;
    }

    /// <summary>Opens a window on a region, <paramref name="offset"/> bytes into it. The region's space must be, or become, enabled.</summary>
    /// <returns>Null where the function has no such region or there is no room for it, or less than <paramref name="length"/>
    /// bytes of it follow <paramref name="offset"/>.</returns>
    public RegisterWindow? OpenBar(int index, ulong offset = 0, ulong length = 1)
    {
        PciBar bar = Bar(index);
        if (!bar.IsUsable || offset > bar.Length || length > bar.Length - offset)
            return null;
        foreach (OpenWindow open in _windows)
        {
            if (open.Bar == index && open.Offset == offset && open.Counters == _counters)
                return open.Window;
        }

        RegisterWindow? window = Open(index, bar, offset);
        if (window is not null)
            _windows.Add(new OpenWindow(index, offset, _counters, window));
        return window;
    }

    /// <summary>Connects a handler to an interrupt line that is not the function's own, as a controller of the PC/AT has them, until
    /// <see cref="DisconnectInterrupts"/>.</summary>
    public bool TryConnectLine(int line, IInterruptHandler handler)
    {
        if (!Platform.TryConnectLine(line, handler, _counters))
            return false;
        int free = Array.IndexOf(_handlers, null);
        if (free < 0)
        {
            free = _handlers.Length;
            Array.Resize(ref _handlers, free + 1);
        }

        _handlers[free] = handler;
        return true;
    }

    internal void KeepHandlers(ReadOnlySpan<IInterruptHandler> vectors, IInterruptHandler shared)
    {
        DisconnectInterrupts();
        if (_handlers.Length != vectors.Length + 1)
            _handlers = new IInterruptHandler?[vectors.Length + 1];
        for (int i = 0; i < vectors.Length; i++)
            _handlers[i] = vectors[i];
        _handlers[vectors.Length] = shared;
    }

    private int BarSlots => IsBridge ? BridgeBarCount : BarCount;

    private RegisterWindow? Open(int index, PciBar bar, ulong offset)
    {
        if (bar.IsIo)
            return Platform.OpenPorts((ushort)(bar.Address + offset), _counters);
        if (bar.Length > DeviceMappings.Longest || bar.Address > AddressEnd - bar.Length)
        {
            Log.Warn(_counters.Name, $"its region {index}, {bar.Length} bytes at {bar.Address:x}, is not mapped: no device has such a one");
            return null;
        }

        if (_mappedBars[index] == 0)
            _mappedBars[index] = Platform.MapDevice(bar.Address, bar.Length);
        return _mappedBars[index] == 0 ? null : Platform.OpenMemory(_mappedBars[index] + (nuint)offset, _counters);
    }

    /// <summary>What a register describes as it is; nothing for the upper half of a 64-bit one.</summary>
    private PciBar PlacedBar(int index)
    {
        if (index > 0 && (_bars[index - 1] ??= ReadBar(index - 1)).Is64Bit)
            return default;
        return _bars[index] ??= ReadBar(index);
    }

    /// <summary>The line that the board's description names: on the way up to the root's bus, each bridge turns the pins by its own device
    /// number (PCI-to-PCI bridge 1.2, 9.1).</summary>
    private int RoutedLine(int pin)
    {
        int device = Address.Device;
        for (PciFunction? above = Bridge; above is not null; above = above.Bridge)
        {
            pin = ((pin - 1 + device) & 3) + 1;
            device = above.Address.Device;
        }

        return Root.LineOf(device, pin);
    }

    private PciBar Place(int index, PciBar bar, ulong address)
    {
        int offset = PciRegister.BaseAddress0 + (index * 4);
        ushort command = Read16(PciRegister.Command);
        Write16(PciRegister.Command, (ushort)(command & ~(int)(PciCommand.IoSpace | PciCommand.MemorySpace)));
        Write32(offset, (uint)address);
        if (bar.Is64Bit)
            Write32(offset + 4, (uint)(address >> 32));
        Write16(PciRegister.Command, command);
        return bar with { Address = address };
    }

    private PciBar ReadBar(int index)
    {
        int offset = PciRegister.BaseAddress0 + (index * 4);
        ushort command = Read16(PciRegister.Command);
        Write16(PciRegister.Command, (ushort)(command & ~(int)(PciCommand.IoSpace | PciCommand.MemorySpace)));
        uint low = Read32(offset);
        uint lowMask = ProbeMask(offset, low);
        bool io = (low & 1) != 0;
        _barKinds[index] = io ? PciBarKind.Io : (PciBarKind)(low & (uint)(PciBarKind.Wide | PciBarKind.Prefetchable));
        bool wide = (low & 7) == 4 && index + 1 < BarCount;
        uint high = 0;
        uint highMask = 0;
        if (wide)
        {
            high = Read32(offset + 4);
            highMask = ProbeMask(offset + 4, high);
        }

        Write16(PciRegister.Command, command);
        if (io)
        {
            uint portMask = lowMask & ~3u;
            return new(low & 0xfffc, portMask == 0 ? 0 : (~portMask & 0xffff) + 1, IsIo: true, Is64Bit: false);
        }

        ulong mask = ((ulong)(wide ? highMask : uint.MaxValue) << 32) | (lowMask & ~0xfu);
        ulong length = (lowMask & ~0xfu) == 0 && highMask == 0 ? 0 : ~mask + 1;
        return new(((ulong)high << 32) | (low & ~0xfu), length, IsIo: false, wide);
    }

    private uint ProbeMask(int offset, uint original)
    {
        Write32(offset, uint.MaxValue);
        uint mask = Read32(offset);
        Write32(offset, original);
        return mask;
    }

    private readonly record struct OpenWindow(int Bar, ulong Offset, PathCounters Counters, RegisterWindow Window);
}
