using Guest.Core.Cpu;
using Guest.Core.Memory;

namespace Guest.Pv.Xen;

/// <summary>How a PV domain names memory: by machine frames.</summary>
internal sealed unsafe class XenPvMachine(XenPageTables pageTables, Hypercalls hypercalls) : XenMachine
{
    private const ulong SetupTable = 2;
    private const int MostGrantFrames = 64;

    /// <inheritdoc/>
    public override delegate*<ulong> ReadTimestamp => &X86.ReadTsc;

    /// <inheritdoc/>
    public override uint FrameOf(void* page) => (uint)XenPvMemory.MachineFrame(AddressSpace.PhysicalOf(page) >> 12);

    /// <inheritdoc/>
    public override GrantEntry* MapGrantFrame(int index)
    {
        if (index >= MostGrantFrames)
            return null;
        ulong* frames = stackalloc ulong[MostGrantFrames];
        SetupTableRequest request = new() { Domain = (ushort)XenHypercall.DomainSelf, Frames = (uint)index + 1, List = frames };
        if (hypercalls.Call(HypercallNumber.GrantTableOp, SetupTable, (ulong)&request, 1) != 0 || request.Status != 0)
            return null;
        return (GrantEntry*)pageTables.MapMachineFrame(frames[index]);
    }

    /// <summary>struct gnttab_setup_table.</summary>
    private struct SetupTableRequest
    {
        public ushort Domain;
        public uint Frames;
        public short Status;
        public ulong* List;
    }
}
