using System;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Net.Stack;
using Guest.Pv.Xen;
using Guest.Storage;

namespace Guest.Boot;

/// <summary>Finds the devices that Xen's store names, now and when they are attached later, and obeys the toolstack.</summary>
internal sealed class XenDevices
{
    private static readonly Duration s_patience = Duration.FromSeconds(5);

    private readonly Networks _networks;
    private readonly DiskFinder? _disks;
    private int _cards;

    private XenDevices(Networks networks, DiskFinder? disks) => (_networks, _disks) = (networks, disks);

    /// <summary>Starts the bus; network devices are given to <paramref name="networks"/>, disks to <paramref name="disks"/>, and what the toolstack asks
    /// for (true: a reboot) to <paramref name="shutdownRequested"/>.</summary>
    public static void Start(XenDomain domain, Networks networks, DiskFinder? disks, Action<bool> shutdownRequested)
    {
        if (domain.Store is null)
            return;
        XenDevices devices = new(networks, disks);
        domain.Store.WaitsAsThread = true;
        XenBus bus = new(domain) { ShutdownRequested = shutdownRequested };
        if (networks.Wants("xen"))
            bus.Register("vif", devices.NewCard);
        disks?.Register(bus);
        Instant deadline = domain.Now + s_patience;
        bus.Start(deadline);
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (!frontend!.IsVacant)
                devices.Add(frontend);
        }

        bus.Attached = devices.Add;
        bus.Detached = devices.Remove;
        disks?.AddFrom(bus, domain, deadline);
        Processor.Current.Scheduler.Start("xenbus", bus.Run);
    }

    /// <summary>A front end for a card, with a pool; both are kept for the next card when the toolstack takes this one away.</summary>
    private NetFront? NewCard(XenDomain domain, int index)
    {
        if (_cards == NetworkStack.MaximumInterfaces || _networks.TryNewPool(name: null) is not { } pool)
            return null;
        return new NetFront(domain, index, string.Concat("netfront", (_cards++).ToString()), pool);
    }

    private void Add(XenFrontend frontend)
    {
        if (frontend is NetFront card)
            _networks.Add(card, card.Pool);
    }

    private void Remove(XenFrontend frontend)
    {
        if (frontend is NetFront card)
            _networks.Remove(card);
        else
            _disks?.Remove(frontend);
    }
}
