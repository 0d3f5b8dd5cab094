using Guest.Core.Memory;

namespace Guest.Core.Cpu;

/// <summary>Page tables that the processor reads directly: entries hold physical addresses and are plain stores.</summary>
internal sealed unsafe class X86PageTables() : PageTables(PhysicalMemory.Allocate(1))
{
    private const uint GigabytePages = 1 << 26;

    private readonly bool _gigabytePages = (X86.CpuId(0x8000_0001).Edx & GigabytePages) != 0;

    protected override int LargestShift => _gigabytePages ? 30 : 21;

    protected override ulong AllocateTable() => PhysicalMemory.Allocate(1);

    protected override ulong* TableAt(ulong physical) => (ulong*)AddressSpace.Direct(physical);
}
