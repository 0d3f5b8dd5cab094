namespace Guest.Rig.Measure;

/// <summary>Whose code lies at some addresses of a machine that carries more than one program.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="First">The first virtual address.</param>
/// <param name="Last">The last, which belongs to it.</param>
public readonly record struct CodeRange(string Owner, ulong First, ulong Last)
{
    /// <summary>The owner that is measured.</summary>
    public const string Guest = "guest";

    /// <summary>The kernel of the host's Linux, with its modules: on Xen, dom0's; on KVM, with KVM itself.</summary>
    public const string HostKernel = "host kernel";

    /// <summary>The host's programs: on KVM, QEMU for the most part.</summary>
    public const string HostPrograms = "host programs";
}
