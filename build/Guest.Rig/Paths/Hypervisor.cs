namespace Guest.Rig.Paths;

/// <summary>What the guest runs on.</summary>
public enum Hypervisor
{
    /// <summary>QEMU, with KVM or by emulation.</summary>
    Qemu,

    /// <summary>Xen, with a Linux dom0.</summary>
    Xen,
}
