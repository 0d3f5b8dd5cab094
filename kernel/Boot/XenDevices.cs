using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Pv.Xen;
using Guest.Storage;

namespace Guest.Boot;

/// <summary>Finds the devices that Xen's store names, now and when they are attached later, and obeys the toolstack.</summary>
internal static class XenDevices
{
    private static readonly Duration s_patience = Duration.FromSeconds(5);

    /// <summary>Starts the bus; network devices are given to <paramref name="networks"/>, disks to <paramref name="disks"/>, and what the toolstack asks
    /// for (true: a reboot) to <paramref name="shutdownRequested"/>.</summary>
    public static void Start(XenDomain domain, Networks networks, DiskFinder? disks, Action<bool> shutdownRequested)
    {
        if (domain.Store is null)
            return;
        XenBus bus = new(domain) { ShutdownRequested = shutdownRequested };
        if (networks.Wants("xen"))
            bus.Register("vif", (owner, index) => new NetFront(owner, index, string.Concat("netfront", index.ToString()), Networks.NewPool()));
        disks?.Register(bus);
        Instant deadline = domain.Now + s_patience;
        bus.Start(deadline);
        foreach (XenFrontend? frontend in bus.Frontends)
            Add(frontend!, networks);
        disks?.AddFrom(bus, domain, deadline);
        bus.Attached = frontend => Add(frontend, networks);
        Scheduler.Start("xenbus", bus.Run);
    }

    private static void Add(XenFrontend frontend, Networks networks)
    {
        if (frontend is NetFront card)
            networks.Add(card, card.Pool);
    }
}
