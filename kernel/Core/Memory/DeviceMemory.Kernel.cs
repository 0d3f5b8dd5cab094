namespace Guest.Core.Memory;

public static unsafe partial class DeviceMemory
{
    public static partial byte* AllocatePages(int count) => AddressSpace.Direct(PhysicalMemory.Allocate((ulong)count));

    public static partial ulong AddressOf(void* pointer) => AddressSpace.PhysicalOf(pointer);
}
