using System;

namespace Guest.Core.Memory;

/// <summary>Memory that devices and back ends read and write: rings and packet buffers.</summary>
/// <remarks>Allocation is for boot (and for a device that is connected anew); nothing here is called per packet.
/// In the kernel the pages come from the frame allocator; hosted, from the process's heap, where a device address is the pointer
/// itself, so that a test's model of a device can follow the addresses that a driver gives it.</remarks>
public static unsafe partial class DeviceMemory
{
    /// <summary>Bytes in a page: 4,096.</summary>
    public const int PageSize = 4096;

    /// <summary>Allocates zeroed, page-aligned pages, contiguous to the device, that are never given back: a device that comes to
    /// where one was has what that one had.</summary>
    /// <exception cref="OutOfMemoryException">The machine has no such run of pages left.</exception>
    public static partial byte* AllocatePages(int count);

    /// <summary>The address by which a device on a bus reaches <paramref name="pointer"/>, which must lie in memory from
    /// <see cref="AllocatePages"/>. Under Xen PV this is the guest's pseudo-physical address, whose frame number the grant table
    /// translates; see <c>Guest.Pv.Xen</c>.</summary>
    public static partial ulong AddressOf(void* pointer);
}
