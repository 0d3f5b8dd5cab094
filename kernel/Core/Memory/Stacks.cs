using System;

namespace Guest.Core.Memory;

/// <summary>Stacks for threads and exceptions, each in its own slot of the address space with nothing mapped below it: an overflow
/// faults instead of overwriting.</summary>
public static class Stacks
{
    private const ulong SlotSize = 256 * 1024;
    private static ulong s_next = AddressSpace.StackBase;
    private static ulong[] s_free = new ulong[16];
    private static int s_freeCount;

    /// <summary>Maps a stack of <paramref name="bytes"/> (a multiple of 4,096, below 256 KiB) and returns its top.</summary>
    public static ulong Allocate(PageTables tables, ulong bytes)
    {
        ulong top = s_freeCount != 0 ? s_free[--s_freeCount] : s_next += SlotSize;
        tables.Map(top - bytes, PhysicalMemory.Allocate(bytes / FrameAllocator.FrameSize), bytes, PageFlags.Data);
        return top;
    }

    /// <summary>Takes a stack back, on which nothing runs: its memory, and its slot for the next.</summary>
    public static void Free(PageTables tables, ulong top, ulong bytes)
    {
        tables.TryTranslate(top - bytes, out ulong physical);
        tables.Unmap(top - bytes, bytes);
        PhysicalMemory.Free(physical, bytes / FrameAllocator.FrameSize);
        if (s_freeCount == s_free.Length)
            Array.Resize(ref s_free, s_freeCount * 2);
        s_free[s_freeCount++] = top;
    }

    /// <summary>Whether a fault at <paramref name="address"/> means that a stack overflowed: it lies among the stacks, and only
    /// guard pages are unmapped there.</summary>
    public static bool IsGuard(ulong address) => address >= AddressSpace.StackBase && address < s_next;
}
