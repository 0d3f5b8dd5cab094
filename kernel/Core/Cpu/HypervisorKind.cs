namespace Guest.Core.Cpu;

/// <summary>The hypervisors whose word the kernel takes for something.</summary>
public enum HypervisorKind
{
    /// <summary>None, or none that is known.</summary>
    Unknown,

    /// <summary>Xen.</summary>
    Xen,

    /// <summary>KVM.</summary>
    Kvm,

    /// <summary>QEMU's emulation (TCG).</summary>
    Tcg,

    /// <summary>VMware.</summary>
    VMware,
}
