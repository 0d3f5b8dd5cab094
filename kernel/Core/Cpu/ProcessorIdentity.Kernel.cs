namespace Guest.Core.Cpu;

/// <summary>The running processor's answers. A value, so that they can be had before anything can be allocated.</summary>
public readonly struct ProcessorIdentity : ICpuIdentity
{
    private static HypervisorIdentity? s_hypervisor;

    /// <summary>The hypervisor under which this runs; asked once.</summary>
    public static HypervisorIdentity Hypervisor => s_hypervisor ??= HypervisorIdentity.Find(default(ProcessorIdentity));

    /// <inheritdoc/>
    public CpuIdResult Read(uint leaf) => X86.CpuId(leaf);
}
