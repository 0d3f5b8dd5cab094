using System.Runtime.CompilerServices;

namespace Guest.Core.Memory;

/// <summary>Where everything lies in the one address space, the same on every platform.</summary>
/// <remarks>
/// <code>
/// 0000000000000000  nothing: a null reference faults
/// ffff800000000000  Xen's own, under Xen PV
/// ffff888000000000  direct map: all memory at its (pseudo-)physical address; never executable, the image's code and constants read-only
/// ffffc90000000000  device memory, uncached
/// ffffca0000000000  stacks, each below an unmapped guard page
/// ffffffff80000000  the image, at its physical address: code r-x, constants r--, data rw-
/// </code>
/// </remarks>
public static unsafe partial class AddressSpace
{
    /// <summary>The image's virtual address less its physical one; link.ld and Boot's entry code have the same number.</summary>
    public const ulong ImageBase = 0xffff_ffff_8000_0000;

    /// <summary>Where physical address 0 would be.</summary>
    public const ulong DirectMapBase = 0xffff_8880_0000_0000;

    /// <summary>Where device memory is mapped, growing upwards.</summary>
    public const ulong DeviceBase = 0xffff_c900_0000_0000;

    /// <summary>Where stacks are mapped, growing upwards.</summary>
    public const ulong StackBase = 0xffff_ca00_0000_0000;

    /// <summary>The pointer to a physical address in the direct map; hosted, an address is the pointer itself.</summary>
    public static partial byte* Direct(ulong physical);

    /// <summary>The physical address behind a pointer into the direct map or the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PhysicalOf(void* pointer) =>
        (ulong)pointer >= ImageBase ? (ulong)pointer - ImageBase : (ulong)pointer - DirectMapBase;
}
