using System.Collections.Generic;
using Guest.Rig.Measure;

namespace Guest.Xen.Rig.Tracing;

/// <summary>Whose code is where on a machine that carries Xen, dom0 and one guest of ours: every instruction belongs to one of them by its
/// address alone.</summary>
public static class XenCode
{
    /// <summary>The hypervisor.</summary>
    public const string Xen = "xen";

    /// <summary>The ranges.</summary>
    /// <remarks>Our image is linked to the first 16 MiB of the last two GiB (kernel/Boot/link.ld). Linux's text begins where those end
    /// (Documentation/arch/x86/x86_64/mm.rst; a PV domain's is not moved at random), so a Linux as second guest cannot be told from dom0. Xen keeps the upper
    /// half's first 16 slots of the top page table, in every address space (xen/arch/x86/include/asm/config.h).</remarks>
    public static IReadOnlyList<CodeRange> Ranges { get; } =
    [
        new(CodeRange.Guest, 0xffff_ffff_8000_0000, 0xffff_ffff_80ff_ffff),
        new(Xen, 0xffff_8000_0000_0000, 0xffff_87ff_ffff_ffff),
        new(CodeRange.HostKernel, 0xffff_8800_0000_0000, 0xffff_ffff_ffff_ffff),
        new(CodeRange.HostPrograms, 0, 0x0000_7fff_ffff_ffff),
    ];

    /// <summary>Whose code an address is in.</summary>
    public static string OwnerOf(ulong address)
    {
        foreach (CodeRange range in Ranges)
        {
            if (address >= range.First && address <= range.Last)
                return range.Owner;
        }
        return "nobody";
    }
}
