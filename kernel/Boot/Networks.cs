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
using Guest.Pv;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>The machine's network cards: gives each an interface of the stack, for as long as the card is there.</summary>
internal sealed class Networks(Platform platform, NetworkStack stack, InterfaceConfiguration configuration, string wanted)
    : DeviceClassWithOption("net", "network card", PciListing.Networks, wanted)
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
    private readonly AccountsByName _accounts = new();
    private readonly InterfaceConfiguration _others =
        InterfaceConfiguration.FromDhcp.With(configuration.Ipv6.IsOn ? Ipv6Configuration.Automatic : Ipv6Configuration.Off);
    private int _count;
    private int _frontends;

    /// <summary>The card whose interface has what the command line says.</summary>
    private INetworkDevice? _configured;

    /// <summary>Whether every card on PCI costs one register access more for each frame sent: see <see cref="ExtraAccessDevice"/>.</summary>
    public bool ExtraAccess { get; init; }

    /// <summary>Whether the stack has room for another interface.</summary>
    private bool HasRoom => stack.InterfaceCount < NetworkStack.MaximumInterfaces;

    /// <inheritdoc/>
    public override void Add(PciFunction function)
    {
        if (FindDriver(function) is not PciNetworkDriver driver)
            return;
        if ((TakeSpare() ?? TryNewPool(driver.DeviceName)) is not { } pool || TryReturn(function, pool))
            return;
        if (driver.TryCreate(function, platform, pool, NewAccount(driver.DeviceName)) is { } device)
            Add(new PciCard(function, driver, device, ExtraAccess ? WithExtraAccess(device, function) : device, pool));
        else
            _spare.Add(pool);
    }

    /// <summary>Takes leave of the card of a function, if it has one: its interface goes, and its buffers wait for the next card.</summary>
    public override void Remove(PciFunction function)
    {
        for (int i = 0; i < _onPci.Count; i++)
        {
            PciCard card = _onPci[i];
            if (card.Function != function)
                continue;
            _onPci.RemoveAt(i);
            Remove(card.Device);
            card.Device.Withdraw();
            _spare.Add(card.Pool);
            _gone.Add(card);
            return;
        }
    }

    /// <inheritdoc/>
    public override void Add(VirtioMmioSlot slot, uint deviceType)
    {
        if (deviceType != VirtioNet.DeviceType || !Wants("virtio"))
            return;
        PathCounters account = NewAccount("virtio-net");
        if (TryNewPool(account.Name) is not { } pool)
            return;
        MmioTransport transport = MmioTransport.TryOpen(platform, slot, account)!;
        if (VirtioNet.TryCreate(transport, pool) is { } device)
            Add(device, pool);
    }

    /// <inheritdoc/>
    public override void Register(XenBus bus)
    {
        if (Wants("xen"))
            bus.Register("vif", NewFrontend);
    }

    /// <inheritdoc/>
    public override void Add(XenFrontend frontend)
    {
        if (frontend is NetFront card)
            Add(card, card.Pool);
    }

    /// <inheritdoc/>
    public override void Remove(XenFrontend frontend)
    {
        if (frontend is NetFront card)
            Remove(card);
    }

    /// <summary>Says so if there is no card; an appliance without one goes on, but nobody will hear of it.</summary>
    public override void OnFound(ReadOnlySpan<PciFunction> functions)
    {
        if (Wanted == KernelOptions.NoNetwork)
            Log.Info("net", $"no network card is used: the command line says so");
        else if (_count == 0)
            WarnOfNone(functions);
    }

    /// <inheritdoc/>
    protected override PciDriver? FindDriver(PciFunction function, string? name) => PciNetworkDrivers.Find(function, name);

    /// <summary>A front end for a card, with a pool; both are kept for the next card when the toolstack takes this one away.</summary>
    private NetFront? NewFrontend(XenDomain domain, int index)
    {
        if (_frontends == NetworkStack.MaximumInterfaces || TryNewPool(name: null) is not { } pool)
            return null;
        return new NetFront(domain, index, string.Concat("netfront", (_frontends++).ToString()), pool);
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
    private void Add(INetworkDevice device, PacketPool pool)
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
    private void Remove(INetworkDevice device)
    {
        if (stack.RemoveInterface(device) is { } removed)
            platform.Processor.RunLoop.Remove(removed);
        if (_configured == device)
            _configured = null;
    }

    /// <summary>The account, and with it the name, of the next card of a kind: with the first number that no card has.</summary>
    private PathCounters NewAccount(string kind)
    {
        int number = 0;
        while (HasNumber(number))
            number++;
        return _accounts.Of(kind, number);
    }

    /// <summary>A pool for one card, as large as the memory permits.</summary>
    /// <returns>Null if there is no room for another card; <paramref name="name"/> is then told on the console, if there is one.</returns>
    private PacketPool? TryNewPool(string? name)
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
