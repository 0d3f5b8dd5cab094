namespace Guest.Core.Memory;

/// <summary>Stacks for threads and exceptions, each in its own slot of the address space with nothing mapped below it: an overflow
/// faults instead of overwriting.</summary>
public static class Stacks
{
    private const ulong SlotSize = 256 * 1024;
    private static ulong s_next = AddressSpace.StackBase;

    /// <summary>Maps a stack of <paramref name="bytes"/> (a multiple of 4,096, below 256 KiB) and returns its top.</summary>
    public static ulong Allocate(PageTables tables, ulong bytes)
    {
        s_next += SlotSize;
        tables.Map(s_next - bytes, PhysicalMemory.Allocate(bytes / FrameAllocator.FrameSize), bytes, PageFlags.Data);
        return s_next;
    }

    /// <summary>Whether a fault at <paramref name="address"/> means that a stack overflowed: it lies among the stacks, and only
    /// guard pages are unmapped there.</summary>
    public static bool IsGuard(ulong address) => address >= AddressSpace.StackBase && address < s_next;
}
