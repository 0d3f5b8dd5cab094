namespace Guest.Pv.Xen;

/// <summary>The hypercalls that this kernel makes (xen.h, <c>__HYPERVISOR_*</c>): indices into the hypercall page.</summary>
public static class HypercallNumber
{
    /// <summary>Registers the exception handlers of a PV guest.</summary>
    public const int SetTrapTable = 0;

    /// <summary>Changes page-table entries, many at a time.</summary>
    public const int MmuUpdate = 1;

    /// <summary>Reserves and places memory.</summary>
    public const int MemoryOp = 12;

    /// <summary>Changes the page-table entry of one virtual address.</summary>
    public const int UpdateVaMapping = 14;

    /// <summary>Tells the hypervisor's version and features.</summary>
    public const int XenVersion = 17;

    /// <summary>The hypervisor's own console.</summary>
    public const int ConsoleIo = 18;

    /// <summary>The grant table.</summary>
    public const int GrantTableOp = 20;

    /// <summary>A processor's timers.</summary>
    public const int VcpuOp = 24;

    /// <summary>Pins page tables, changes the base, flushes.</summary>
    public const int MmuExtOp = 26;

    /// <summary>Blocks, polls, shuts down.</summary>
    public const int SchedOp = 29;

    /// <summary>Registers the entry points for events and failsafe returns.</summary>
    public const int CallbackOp = 30;

    /// <summary>Event channels.</summary>
    public const int EventChannelOp = 32;

    /// <summary>Parameters of a PVH guest.</summary>
    public const int HvmOp = 34;
}
