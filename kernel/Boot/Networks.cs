using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Net;
using Guest.Net.Devices;
using Guest.Net.Stack;
using Guest.Pci;

namespace Guest.Boot;

/// <summary>Finds the network cards, and gives each an interface of the stack, for as long as the card is there.</summary>
internal sealed class Networks(Platform platform, NetworkStack stack, InterfaceConfiguration configuration, string wanted)
{
    private const ulong PoolShareOfMemory = 4;
    private const ulong SmallestPool = 64;
    private const ulong LargestPool = 1024;

    /// <summary>Frames that a card needs: the smallest pool, and twice as much for its rings and its interface.</summary>
    private const ulong LeastFree = SmallestPool * 3;

    private readonly List<PciCard> _onPci = [];

    /// <summary>Cards that went, for those of their kind that come to their places.</summary>
    private readonly List<PciCard> _gone = [];
    private readonly List<PacketPool> _spare = [];

    /// <summary>The accounts of cards that went, for those that come: by their names.</summary>
    private readonly List<PathCounters> _accounts = [];
    private readonly InterfaceConfiguration _others =
        InterfaceConfiguration.FromDhcp.With(configuration.Ipv6.IsOn ? Ipv6Configuration.Automatic : Ipv6Configuration.Off);
    private int _count;

    /// <summary>The card whose interface has what the command line says.</summary>
    private INetworkDevice? _configured;

    /// <summary>Whether the stack has room for another interface.</summary>
    public bool HasRoom => stack.InterfaceCount < NetworkStack.MaximumInterfaces;

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
            if ((TakeSpare() ?? TryNewPool(driver.DeviceName)) is not { } pool || TryReturn(function, pool))
                continue;
            string name = NameOf(driver.DeviceName);
            PathCounters account = TakeAccount(name);
            if (driver.TryCreate(function, platform, pool, account) is not { } device)
            {
                _spare.Add(pool);
                _accounts.Add(account);
                continue;
            }

            Add(new PciCard(function, driver, device, ExtraAccess ? WithExtraAccess(device, function) : device, pool));
        }
    }

    /// <summary>Takes leave of the card of a function, if it has one: its interface goes, and its buffers wait for the next card.</summary>
    public void Remove(PciFunction function)
    {
        for (int i = 0; i < _onPci.Count; i++)
        {
            PciCard card = _onPci[i];
            if (card.Function != function)
                continue;
            _onPci.RemoveAt(i);
            Remove(card.Device);
            card.Device.Withdraw();
            _accounts.Add(card.Device.Counters);
            _spare.Add(card.Pool);
            _gone.Add(card);
            return;
        }
    }

    /// <summary>Takes a card that has come where one was that it can go on as, under the same name if that is free.</summary>
    private bool TryReturn(PciFunction function, PacketPool pool)
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            PciCard card = _gone[i];
            if (card.Function != function || HasNumber(card.Bare.Name[^1] - '0'))
                continue;
            function.Claim(card.Bare.Counters);
            if (!card.Driver.TryReturn(function, card.Bare, pool))
                continue;
            _gone.RemoveAt(i);
            _accounts.Remove(card.Bare.Counters);
            Add(card with { Pool = pool });
            return true;
        }

        return false;
    }

    private void Add(PciCard card)
    {
        Add(card.Device, card.Pool);
        _onPci.Add(card);
    }

    /// <summary>A pool that a card left behind. What arrived by that card and nobody has read yet is still out of it, and comes back later.</summary>
    private PacketPool? TakeSpare()
    {
        for (int i = 0; HasRoom && i < _spare.Count; i++)
        {
            PacketPool pool = _spare[i];
            if (pool.Available < pool.Count / 2)
                continue;
            _spare.RemoveAt(i);
            return pool;
        }

        return null;
    }

    /// <summary>The account of a card that had the name before, or a new one.</summary>
    private PathCounters TakeAccount(string name)
    {
        for (int i = 0; i < _accounts.Count; i++)
        {
            PathCounters account = _accounts[i];
            if (account.Name != name)
                continue;
            _accounts.RemoveAt(i);
            return account;
        }

        return new PathCounters(name);
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
        if (!HasRoom)
        {
            RefuseFor(device.Name);
            return;
        }

        // One fixed address cannot be two cards': the second asks a server. One that comes after the first has gone takes its place.
        InterfaceConfiguration own = _configured is null ? configuration : _others;
        _configured ??= device;
        _count++;
        platform.Processor.RunLoop.Add(stack.AddInterface(device, pool, own, platform.Now));
        string link = device.LinkUp ? "link up" : "no link";
        Span<byte> address = stackalloc byte[MacAddress.TextCapacity];
        Log.Info(device.Name, $"{device.Address.Format(address)}, MTU {device.Mtu}, {link}, {pool.Count} buffers");
    }

    /// <summary>Takes the interface of a device that has gone away. The device may be added again.</summary>
    public void Remove(INetworkDevice device)
    {
        if (stack.RemoveInterface(device) is { } removed)
            platform.Processor.RunLoop.Remove(removed);
        if (_configured == device)
            _configured = null;
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

    /// <summary>A kind of device with the first number that no card has: <c>virtio-net0</c>, <c>e1000-1</c>.</summary>
    public string NameOf(string kind)
    {
        int number = 0;
        while (HasNumber(number))
            number++;
        return string.Concat(kind, char.IsAsciiDigit(kind[^1]) ? "-" : "", number.ToString());
    }

    /// <summary>Whether <c>net=</c> allows a kind of card.</summary>
    public bool Wants(string kind) => wanted == "auto" || wanted == kind;

    /// <summary>A pool for one card, as large as the memory permits.</summary>
    /// <returns>Null if there is no room for another card; <paramref name="name"/> is then told on the console, if there is one.</returns>
    public PacketPool? TryNewPool(string? name)
    {
        ulong free = PhysicalMemory.Frames.FreeBytes / FrameAllocator.FrameSize;
        if (HasRoom && free >= LeastFree)
            return new PacketPool((int)Math.Clamp(free / PoolShareOfMemory, SmallestPool, LargestPool));
        if (name is not null)
            RefuseFor(name);
        return null;
    }

    // There are at most eight, so that a number is one digit.
    private bool HasNumber(int number)
    {
        for (int i = 0; i < stack.InterfaceCount; i++)
        {
            if (stack[i].Name[^1] - '0' == number)
                return true;
        }

        return false;
    }

    private void RefuseFor(string name)
    {
        if (HasRoom)
            Log.Warn(name, $"not used: there is no memory for its buffers");
        else
            Log.Warn(name, $"not used: there are {NetworkStack.MaximumInterfaces} network interfaces already");
    }

    /// <param name="Function">What it is behind.</param>
    /// <param name="Driver">Who made it.</param>
    /// <param name="Bare">What the driver made.</param>
    /// <param name="Device">The same, or what stands around it.</param>
    /// <param name="Pool">Where its buffers are from.</param>
    private readonly record struct PciCard(
        PciFunction Function, PciNetworkDriver Driver, INetworkDevice Bare, INetworkDevice Device, PacketPool Pool);
}
