using Guest.Core.Cpu;
using Guest.Core.Memory;

namespace Guest.Pv.Xen;

/// <summary>How a PVH domain names memory: by its own physical frames. The hypervisor's pages are placed over frames of the domain.</summary>
internal sealed unsafe class XenPvhMachine(Hypercalls hypercalls) : XenMachine
{
    private const ulong AddToPhysicalMap = 7;
    private const uint SpaceSharedInfo = 0;
    private const uint SpaceGrantTable = 1;

    /// <summary>A frame over which nothing was placed, for the next time; or 0.</summary>
    private ulong _spare;

    /// <inheritdoc/>
    public override delegate*<ulong> ReadTimestamp => &X86.ReadTsc;

    /// <summary>Makes the shared page reachable.</summary>
    public byte* MapSharedInfo() => Place(SpaceSharedInfo, 0);

    /// <inheritdoc/>
    public override uint FrameOf(void* page) => (uint)(AddressSpace.PhysicalOf(page) >> 12);

    /// <inheritdoc/>
    public override GrantEntry* MapGrantFrame(int index) => (GrantEntry*)Place(SpaceGrantTable, (ulong)index);

    private byte* Place(uint space, ulong index)
    {
        if (_spare == 0)
            _spare = PhysicalMemory.Frames.TryAllocate(1);
        if (_spare == 0)
            return null;
        byte* page = AddressSpace.Direct(_spare);
        PlaceRequest request = new()
        {
            Domain = (ushort)XenHypercall.DomainSelf, Space = space, Index = index, Frame = FrameOf(page),
        };
        if (hypercalls.Call(HypercallNumber.MemoryOp, AddToPhysicalMap, (ulong)&request) != 0)
            return null;
        _spare = 0;
        return page;
    }

    /// <summary>struct xen_add_to_physmap.</summary>
    private struct PlaceRequest
    {
        public ushort Domain;
        public ushort Size;
        public uint Space;
        public ulong Index;
        public ulong Frame;
    }
}
