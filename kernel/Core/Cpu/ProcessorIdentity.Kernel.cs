namespace Guest.Core.Cpu;

/// <summary>The running processor's answers.</summary>
public sealed class ProcessorIdentity : ICpuIdentity
{
    private static HypervisorIdentity? s_hypervisor;

    /// <summary>The hypervisor under which this runs; asked once.</summary>
    public static HypervisorIdentity Hypervisor => s_hypervisor ??= HypervisorIdentity.Find(new ProcessorIdentity());

    /// <inheritdoc/>
    public CpuIdResult Read(uint leaf) => Processor.CpuId(leaf);
}
