using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Pv.Xen;
using Guest.Storage;
using Guest.Storage.Devices;

namespace Guest.Boot;

/// <summary>Finds the devices that Xen's store names, now and when they are attached later, and obeys the toolstack.</summary>
internal static class XenDevices
{
    private static readonly Duration s_patience = Duration.FromSeconds(5);
    private static int s_disks;

    /// <summary>Starts the bus; network devices are given to <paramref name="networks"/>, disks to <paramref name="disks"/>.</summary>
    public static void Start(XenDomain domain, Networks networks, Disks disks)
    {
        if (domain.Store is null)
            return;
        XenBus bus = new(domain) { ShutdownRequested = Obey };
        if (networks.Wants("xen"))
            bus.Register("vif", (owner, index) => new NetFront(owner, index, string.Concat("netfront", index.ToString()), Networks.NewPool()));
        if (disks.Wants("xen"))
            bus.Register("vbd", static (owner, index) => new BlkFront(owner, index, string.Concat("blkfront", (s_disks++).ToString())));
        Instant deadline = domain.Now + s_patience;
        bus.Start(deadline);
        foreach (XenFrontend? frontend in bus.Frontends)
        {
            if (frontend is BlkFront disk)
                AddDisk(domain, bus, disk, disks, deadline);
            else
                Add(frontend!, networks);
        }

        bus.Attached = frontend => Add(frontend, networks);
        Scheduler.Start("xenbus", bus.Run);
    }

    private static void Add(XenFrontend frontend, Networks networks)
    {
        if (frontend is NetFront card)
            networks.Add(card, card.Pool);
    }

    /// <summary>A disk's size is known once its back end too is connected.</summary>
    private static void AddDisk(XenDomain domain, XenBus bus, BlkFront disk, Disks disks, Instant deadline)
    {
        while (disk.State != BlockDeviceState.Ready && domain.Now < deadline)
        {
            bus.Poll(domain.Now);
            if (disk.State != BlockDeviceState.Ready && bus.Arm())
                domain.Sleep(Instant.Earlier(deadline, bus.Deadline));
        }

        if (disk.State == BlockDeviceState.Ready)
            disks.Add(disk);
        else
            Log.Warn(disk.Name, $"not used: its back end does not connect");
    }

    private static void Obey(bool reboot)
    {
        Log.Info("xenbus", $"the toolstack asks for {(reboot ? "a reboot" : "the end")}");
        Platform.Current.Shutdown(reboot ? ShutdownReason.Reboot : ShutdownReason.PowerOff, 0);
    }
}
