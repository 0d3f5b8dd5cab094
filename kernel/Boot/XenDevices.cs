using System;
using Guest.Core;
using Guest.Core.Time;
using Guest.Pv;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>Finds the devices that Xen's store names, now and when they are attached later, and obeys the toolstack.</summary>
internal static class XenDevices
{
    private static readonly Duration s_patience = Duration.FromSeconds(5);

    /// <summary>Starts the bus, if there is a store; what the toolstack asks for (true: a reboot) is given to <paramref name="shutdownRequested"/>.</summary>
    public static void Start(XenDomain domain, Devices devices, Action<bool> shutdownRequested)
    {
        if (domain.Store is null)
            return;
        domain.Store.WaitsAsThread = true;
        XenBus bus = new(domain) { ShutdownRequested = shutdownRequested };
        foreach (DeviceClass kind in devices.Classes)
            kind.Register(bus);
        Instant deadline = domain.Now + s_patience;
        bus.Start(deadline);
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (!frontend!.IsVacant)
                devices.Add(frontend);
        }

        bus.Attached = devices.Add;
        bus.Detached = devices.Remove;
        foreach (DeviceClass kind in devices.Classes)
            kind.Await(bus, deadline);
        Processor.Current.Scheduler.Start("xenbus", bus.Run);
    }
}
