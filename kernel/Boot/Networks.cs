using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Net;
using Guest.Net.Devices;
using Guest.Net.Stack;
using Guest.Pci;

namespace Guest.Boot;

/// <summary>Finds the network cards, and gives each an interface of the stack.</summary>
internal sealed class Networks(Platform platform, NetworkStack stack, InterfaceConfiguration configuration, string wanted)
{
    private const ulong PoolShareOfMemory = 4;
    private const int SmallestPool = 64;
    private const int LargestPool = 1024;

    private int _count;

    /// <summary>Whether every card on PCI costs one register access more for each frame sent: see <see cref="ExtraAccessDevice"/>.</summary>
    public bool ExtraAccess { get; init; }

    /// <summary>Starts every card on PCI that a driver knows and <c>net=</c> allows.</summary>
    public void AddFromPci(PciFunction[] functions)
    {
        foreach (PciFunction function in functions)
        {
            PciNetworkDriver? driver = PciNetworkDrivers.Find(function, wanted == "auto" ? null : wanted);
            if (driver is null)
                continue;
            PathCounters counters = new(NameOf(driver.DeviceName));
            PacketPool pool = NewPool();
            if (driver.TryCreate(function, platform, pool, counters) is { } device)
                Add(ExtraAccess ? WithExtraAccess(device, function) : device, pool);
        }
    }

    // The last region: virtio's first is its interrupt vectors' table, which is no part of the card proper.
    private static INetworkDevice WithExtraAccess(INetworkDevice device, PciFunction function)
    {
        for (int bar = PciFunction.BarCount - 1; bar >= 0; bar--)
        {
            if (function.OpenBar(bar) is { } registers)
                return new ExtraAccessDevice(device, registers);
        }

        return device;
    }

    /// <summary>Gives a device, however it was found, its interface.</summary>
    public void Add(INetworkDevice device, PacketPool pool)
    {
        // One fixed address cannot be two cards': the second asks a server.
        InterfaceConfiguration own = _count++ == 0 ? configuration : InterfaceConfiguration.FromDhcp;
        RunLoop.Add(stack.AddInterface(device, pool, own, platform.Now));
        string link = device.LinkUp ? "link up" : "no link";
        Span<byte> address = stackalloc byte[MacAddress.TextCapacity];
        Log.Info(device.Name, $"{device.Address.Format(address)}, MTU {device.Mtu}, {link}, {pool.Count} buffers");
    }

    /// <summary>Says so if there is no card, and which there are that nobody drives; an appliance without one goes on, but nobody will hear of
    /// it.</summary>
    public void WarnIfNone(PciFunction[] functions)
    {
        if (wanted == KernelOptions.NoNetwork)
        {
            Log.Info("net", $"no network card is used: the command line says so");
            return;
        }

        if (_count != 0)
            return;
        LogLine line = new(0, 0);
        if (wanted == "auto")
        {
            line.AppendLiteral("no network card was found");
            PciListing.AppendOthers(
                ref line, "; without a driver: ", functions, PciListing.Networks, static function => PciNetworkDrivers.Find(function) is not null);
        }
        else
        {
            line.AppendLiteral("no network card for net=");
            line.AppendFormatted(wanted);
            line.AppendLiteral(" was found");
            PciListing.AppendOthers(ref line, "; there is ", functions, PciListing.Networks, static _ => false);
        }

        Log.Warn("net", ref line);
    }

    /// <summary>A kind of device with the number of the next one: <c>virtio-net0</c>, <c>e1000-1</c>.</summary>
    public string NameOf(string kind) => string.Concat(kind, char.IsAsciiDigit(kind[^1]) ? "-" : "", _count.ToString());

    /// <summary>Whether <c>net=</c> allows a kind of card.</summary>
    public bool Wants(string kind) => wanted == "auto" || wanted == kind;

    /// <summary>A pool for one card, as large as the memory permits.</summary>
    public static PacketPool NewPool()
    {
        ulong share = PhysicalMemory.Frames.FreeBytes / FrameAllocator.FrameSize / PoolShareOfMemory;
        return new PacketPool(share < SmallestPool ? SmallestPool : share > LargestPool ? LargestPool : (int)share);
    }
}
