using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>Finds the devices that Xen's store names, now and when they are attached later, and obeys the toolstack.</summary>
internal static class XenDevices
{
    private static readonly Duration s_patience = Duration.FromSeconds(5);

    /// <summary>Starts the bus; network devices are given to <paramref name="networks"/>.</summary>
    public static void Start(XenDomain domain, Networks networks)
    {
        if (domain.Store is null)
            return;
        XenBus bus = new(domain) { ShutdownRequested = Obey };
        if (networks.Wants("xen"))
            bus.Register("vif", (owner, index) => new NetFront(owner, index, string.Concat("netfront", index.ToString()), Networks.NewPool()));
        bus.Start(domain.Now + s_patience);
        foreach (XenFrontend? frontend in bus.Frontends)
            Add(frontend!, networks);
        bus.Attached = frontend => Add(frontend, networks);
        RunLoop.Add(bus);
    }

    private static void Add(XenFrontend frontend, Networks networks)
    {
        if (frontend is NetFront card)
            networks.Add(card, card.Pool);
    }

    private static void Obey(bool reboot)
    {
        Log.Info("xenbus", $"the toolstack asks for {(reboot ? "a reboot" : "the end")}");
        Platform.Current.Shutdown(reboot ? ShutdownReason.Reboot : ShutdownReason.PowerOff, 0);
    }
}
