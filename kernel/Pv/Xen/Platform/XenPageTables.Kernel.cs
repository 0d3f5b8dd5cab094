using Guest.Core.Memory;

namespace Guest.Pv.Xen;

/// <summary>A PV domain's page tables once they stand: entries hold machine frames and change by hypercall, and table pages are
/// read-only in the direct map.</summary>
internal sealed unsafe class XenPageTables() : PageTables(XenPvMemory.Root)
{
    /// <summary>In a "physical" address: it is a machine address, of a page that is the hypervisor's and has no pseudo-physical one.</summary>
    private const ulong IsMachine = 1UL << 62;

    private const ulong FrameMask = 0x000f_ffff_ffff_f000;

    private ulong _next = AddressSpace.DeviceBase;
    private MmuUpdates _updates;

    protected override int LargestShift => 12;

    /// <summary>Maps one page of the hypervisor's, writable.</summary>
    public byte* MapMachineFrame(ulong machineFrame)
    {
        ulong at = _next;
        _next += FrameAllocator.FrameSize;
        Map(at, (machineFrame << 12) | IsMachine, FrameAllocator.FrameSize, PageFlags.Data);
        return (byte*)at;
    }

    protected override ulong AllocateTable()
    {
        ulong table = PhysicalMemory.Allocate(1);
        XenPvMemory.MakeReadOnly(table);
        return table;
    }

    protected override void FreeTable(ulong physical)
    {
        XenPvMemory.MakeWritable(physical);
        PhysicalMemory.Free(physical, 1);
    }

    protected override void Invalidate(ulong address, ulong length) => XenPvMemory.FlushTranslations();

    protected override ulong* TableAt(ulong physical) => (ulong*)AddressSpace.Direct(physical);

    protected override void Write(ulong* entry, ulong physical, PageFlags flags)
    {
        ulong machine = (physical & IsMachine) != 0
            ? physical & ~IsMachine
            : XenPvMemory.MachineFrame(physical >> 12) << 12;
        _updates.Add(XenPvMemory.MachineAddress(entry), machine | (ulong)(flags & ~PageFlags.Global));
    }

    protected override void Clear(ulong* entry) => _updates.Add(XenPvMemory.MachineAddress(entry), 0);

    protected override void Flush() => _updates.Flush();

    protected override ulong PhysicalIn(ulong entry) => XenPvMemory.PseudoPhysicalFrame((entry & FrameMask) >> 12) << 12;
}
