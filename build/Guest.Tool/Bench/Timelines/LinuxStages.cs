namespace Guest.Tool.Bench.Timelines;

/// <summary>What functions and modules of a Linux do that carries guests: dom0's, or the host's of KVM.</summary>
internal static class LinuxStages
{
    private const string Interrupt = "interrupt";
    private const string Upcall = "upcall";
    private const string Network = "network layer";
    private const string Block = "block layer";
    private const string Scheduler = "scheduler";
    private const string Idle = "idle";
    private const string Timers = "timers";
    private const string Vhost = "vhost";
    private const string Kvm = "KVM";
    private const string Nic = "NIC's driver";

    /// <summary>The table.</summary>
    public static StageTable Table { get; } = new(
        ("[virtio_net]", new(Nic, IsTraffic: true)),
        ("[xen_netback]", new("netback", IsTraffic: true)),
        ("[tun]", new("tap", IsTraffic: true)),
        ("[vhost_net]", new(Vhost, IsTraffic: true)), ("[vhost]", new(Vhost)),
        ("[bridge]", new("bridge")),
        ("[xen_blkback]", new("blkback")),
        ("[virtio_blk]", new("disk's driver")),
        ("[kvm]", new(Kvm)), ("[kvm_amd]", new(Kvm)), ("__svm_vcpu_run", new(Kvm)),
        ("vp_notify", new("tells the device")),
        ("xen_asm_exc_xen_hypervisor_callback", new(Upcall)), ("asm_exc_xen_hypervisor_callback", new(Upcall)),
        ("asm_common_interrupt", new(Interrupt)), ("common_interrupt", new(Interrupt)),
        ("asm_sysvec_apic_timer_interrupt", new(Timers)), ("xen_timer_interrupt", new(Timers)), ("hrtimer_interrupt", new(Timers)),
        ("net_rx_action", new(Network)), ("napi_gro_receive", new(Network)), ("__netif_receive_skb_core", new(Network)),
        ("__dev_queue_xmit", new(Network)), ("netif_rx", new(Network)),
        ("submit_bio", new(Block)), ("blk_mq_submit_bio", new(Block)), ("blk_complete_reqs", new(Block)), ("blk_mq_complete_request", new(Block)),
        ("entry_SYSCALL_64", new("system call")),
        ("__schedule", new(Scheduler)), ("finish_task_switch", new(Scheduler)),
        ("do_idle", new(Idle)), ("default_idle", new(Idle)), ("xen_idle", new(Idle)));
}
