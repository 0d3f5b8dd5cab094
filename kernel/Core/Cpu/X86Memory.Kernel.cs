using System;
using Guest.Core.Memory;

namespace Guest.Core.Cpu;

/// <summary>What every platform does first that has the processor's own tables to itself.</summary>
public static class X86Memory
{
    private const ulong ExceptionStackBytes = 16 * 1024;

    /// <summary>The end of what the boot's page tables map (Boot/Entry/Pvh.S).</summary>
    public const ulong BootReach = 1UL << 32;

    /// <summary>Replaces the boot's page tables and descriptor tables by the kernel's.</summary>
    /// <param name="memory">The usable memory, which the direct map will cover.</param>
    public static PageTables TakeOver(ReadOnlySpan<MemoryRange> memory)
    {
        ImageLayout image = ImageLayout.OfThisImage;
        X86PageTables tables = new();
        KernelMap.MapImage(tables, image);
        foreach (MemoryRange range in memory)
            KernelMap.MapDirect(tables, range.Start, range.End, image);
        X86.LoadPageTables(tables.Root);
        foreach (MemoryRange range in memory)
        {
            if (range.End > BootReach)
                PhysicalMemory.Frames.Add(Math.Max(range.Start, BootReach), range.End, 0, 0);
        }

        DescriptorTables.Load(Stacks.Allocate(tables, ExceptionStackBytes));
        return tables;
    }
}
