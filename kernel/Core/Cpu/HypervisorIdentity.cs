using System;

namespace Guest.Core.Cpu;

/// <summary>Which hypervisor answers, and from which CPUID leaf on.</summary>
/// <remarks>A hypervisor that also looks like Microsoft's puts that one's leaves first and its own 0x100 further on; so the search goes from one block
/// to the next, as long as there is one (Xen, arch-x86/cpuid.h; Linux, Documentation/virt/kvm/x86/cpuid.rst).</remarks>
/// <param name="Kind">Which.</param>
/// <param name="FirstLeaf">Its first leaf; 0 if there is no hypervisor, or none that says more.</param>
/// <param name="LastLeaf">Its last leaf.</param>
/// <param name="IsPresent">Whether there is any hypervisor.</param>
public readonly record struct HypervisorIdentity(HypervisorKind Kind, uint FirstLeaf, uint LastLeaf, bool IsPresent)
{
    private const uint FeatureLeaf = 1;
    private const uint HypervisorPresent = 1u << 31;
    private const uint FirstBlock = 0x4000_0000;
    private const uint LastBlock = 0x4001_0000;
    private const uint BlockSize = 0x100;

    // Twelve letters in ebx, ecx and edx.
    private const uint XenEbx = 0x566e_6558;
    private const uint XenEcx = 0x6558_4d4d;
    private const uint XenEdx = 0x4d4d_566e;
    private const uint KvmEbx = 0x4b4d_564b;
    private const uint KvmEcx = 0x564b_4d56;
    private const uint KvmEdx = 0x0000_004d;
    private const uint TcgEbx = 0x5447_4354;
    private const uint TcgEcx = 0x4354_4743;
    private const uint TcgEdx = 0x4743_5447;
    private const uint VMwareEbx = 0x6177_4d56;
    private const uint VMwareEcx = 0x4d56_6572;
    private const uint VMwareEdx = 0x6572_6177;

    /// <summary>Looks for a hypervisor that is known.</summary>
    public static HypervisorIdentity Find<TCpu>(TCpu cpu)
        where TCpu : ICpuIdentity
    {
        if ((cpu.Read(FeatureLeaf).Ecx & HypervisorPresent) == 0)
            return default;
        for (uint leaf = FirstBlock; leaf < LastBlock; leaf += BlockSize)
        {
            CpuIdResult block = cpu.Read(leaf);
            HypervisorKind kind = KindOf(block);
            if (kind != HypervisorKind.Unknown)
                return new HypervisorIdentity(kind, leaf, Math.Max(block.Eax, leaf), true);
            // A block that is there says which its last leaf is; where none is, a processor answers what it likes.
            if (block.Eax < leaf || block.Eax >= leaf + BlockSize)
                break;
        }

        return new HypervisorIdentity(HypervisorKind.Unknown, 0, 0, true);
    }

    private static HypervisorKind KindOf(in CpuIdResult block) => (block.Ebx, block.Ecx, block.Edx) switch
    {
        (XenEbx, XenEcx, XenEdx) => HypervisorKind.Xen,
        (KvmEbx, KvmEcx, KvmEdx) => HypervisorKind.Kvm,
        (TcgEbx, TcgEcx, TcgEdx) => HypervisorKind.Tcg,
        (VMwareEbx, VMwareEcx, VMwareEdx) => HypervisorKind.VMware,
        _ => HypervisorKind.Unknown,
    };
}
