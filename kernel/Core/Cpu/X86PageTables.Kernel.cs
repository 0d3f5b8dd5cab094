using Guest.Core.Memory;

namespace Guest.Core.Cpu;

/// <summary>Page tables that the processor reads directly: entries hold physical addresses and are plain stores.</summary>
internal sealed unsafe class X86PageTables() : PageTables(PhysicalMemory.Allocate(1))
{
    private const uint GigabytePages = 1 << 26;

    /// <summary>With more, it is cheaper to forget all translations.</summary>
    private const ulong MostSinglePages = 32;

    private readonly bool _gigabytePages = (X86.CpuId(0x8000_0001).Edx & GigabytePages) != 0;

    protected override int LargestShift => _gigabytePages ? 30 : 21;

    protected override ulong AllocateTable() => PhysicalMemory.Allocate(1);

    protected override void FreeTable(ulong physical) => PhysicalMemory.Free(physical, 1);

    protected override void Invalidate(ulong address, ulong length)
    {
        if (length > MostSinglePages * FrameAllocator.FrameSize)
        {
            X86.LoadPageTables(Root);
            return;
        }

        for (ulong at = address; at < address + length; at += FrameAllocator.FrameSize)
            X86.InvalidatePage(at);
    }

    protected override void WriteRun(ulong* entry, ulong physical, ulong pageSize, ulong count, PageFlags flags)
    {
        ulong value = physical | (ulong)flags;
        for (ulong* end = entry + count; entry < end; entry++, value += pageSize)
            *entry = value;
    }

    protected override ulong* TableAt(ulong physical) => (ulong*)AddressSpace.Direct(physical);
}
