namespace Guest.Tool.Bench.Timelines;

/// <summary>What our own functions do, by the folder that their names begin with.</summary>
internal static class GuestStages
{
    /// <summary>The table.</summary>
    public static StageTable Table { get; } = new(
        ("interrupt_*", new("interrupt")),
        ("hypercall_page", new("hypercall")), ("xen_hypercall", new("hypercall")),
        ("Guest_Net_Guest_Net_Devices_*", new("driver")),
        ("Guest_Storage_Guest_Storage_Devices_*", new("driver")),
        ("Guest_Pv_Guest_Pv_Xen_EventChannels*", new("event channels")),
        ("Guest_Net_Guest_Net_Stack_*", new("stack")),
        ("Guest_Net_System_Net_*", new("sockets")),
        ("Guest_Storage_Guest_Storage_*", new("block queue")),
        ("Guest_Core_Guest_Core_Scheduling_*", new("scheduler")),
        ("Disk_DiskJobs_*", new("application")),
        ("Echo_*", new("application")));
}
