using System;
using Guest.Core.Cpu;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>A Xen PVH domain: the processor's own page tables, exceptions and halt, all else by hypercall, as in a PV domain.</summary>
/// <remarks>
/// <c>SCHEDOP_poll</c> would rest it too, but Xen fetches every argument and every port by walking the guest's page tables. A halt has no
/// arguments. An event then interrupts (public/hvm/params.h, <c>HVM_PARAM_CALLBACK_IRQ</c>), and the interrupt does nothing but end the halt.
/// </remarks>
public sealed unsafe class XenPvhPlatform : XenPlatform
{
    private const uint HypercallLeaf = 2;

    private const ulong CurrentReservation = 3;

    /// <summary>Of what a domain has, the toolstack's part: its tables, shared pages and what lies beside the memory map.</summary>
    private const ulong ToolstackFrames = 256;

    private const ulong SetParameter = 0;
    private const ulong GetParameter = 1;
    private const uint CallbackInterrupt = 0;
    private const ulong CallbackIsVector = 2UL << 56;
    private const uint StoreFrame = 1;
    private const uint StorePort = 2;
    private const uint ConsoleFrame = 17;
    private const uint ConsolePort = 18;

    private readonly PageTables _pageTables;
    private readonly XenTimer? _timer;

    private XenPvhPlatform(PageTables pageTables, XenDomain domain)
        : base(domain, PageOf(pageTables, domain.Hypercalls, ConsoleFrame), (uint)Parameter(domain.Hypercalls, ConsolePort))
    {
        _pageTables = pageTables;
        domain.OpenStore(PageOf(pageTables, domain.Hypercalls, StoreFrame), (uint)Parameter(domain.Hypercalls, StorePort));
        if (TrySetCallback(domain.Hypercalls))
            _timer = XenTimer.TryOpen(domain);
    }

    /// <inheritdoc/>
    public override string Name => "xen-pvh";

    /// <inheritdoc/>
    public override PageTables PageTables => _pageTables;

    /// <inheritdoc/>
    private protected override void Rest(Instant deadline)
    {
        if (_timer is null)
        {
            base.Rest(deadline);
            return;
        }

        // Interrupts are off: an event from here on is pending, and ends the halt at once.
        if (Domain.Events.Dispatch() || !_timer.Arm(deadline))
            return;
        X86.HaltOnce();
        Domain.Events.Dispatch();
    }

    /// <summary>Takes out of the loader's map what the domain does not have. With <c>maxmem</c> above <c>memory</c> the map names the first, Xen gives
    /// a frame when it is first touched, and ends a domain that touches more than the second. Before anything is allocated.</summary>
    /// <returns>How many bytes were taken out.</returns>
    public static ulong LeaveOutWhatIsNotThere(ref MemoryMap memory)
    {
        if (!TryPlaceHypercalls())
            return 0;
        ulong named = 0;
        foreach (MemoryRange range in memory.Memory)
            named += range.End - range.Start;
        ushort self = (ushort)XenHypercall.DomainSelf;
        long frames = XenHypercall.Invoke(HypercallNumber.MemoryOp, CurrentReservation, (ulong)&self, 0, 0);
        if (frames <= (long)ToolstackFrames || named <= (ulong)frames * FrameAllocator.FrameSize)
            return 0;
        ulong there = ((ulong)frames - ToolstackFrames) * FrameAllocator.FrameSize;
        memory.KeepLowest(there);
        return named - there;
    }

    /// <summary>Takes the machine over if it is a Xen domain; after <see cref="LeaveOutWhatIsNotThere"/>.</summary>
    /// <param name="memory">The usable memory, which the direct map will cover.</param>
    /// <param name="tscAtEntry">The time-stamp counter when the kernel was entered: <see cref="Instant.Zero"/>.</param>
    /// <returns>Null if this is not Xen.</returns>
    public static XenPvhPlatform? TryOpen(ReadOnlySpan<MemoryRange> memory, ulong tscAtEntry)
    {
        if (ProcessorIdentity.Hypervisor.Kind != HypervisorKind.Xen)
            return null;
        PageTables pageTables = X86Memory.TakeOver(memory);
        XenHypercalls hypercalls = new();
        XenPvhMachine machine = new(hypercalls);
        SharedInfo shared = new(machine.MapSharedInfo());
        return new XenPvhPlatform(pageTables, new XenDomain(machine, hypercalls, shared, tscAtEntry));
    }

    /// <summary>Has Xen write the hypercall page.</summary>
    /// <returns>False if this is not Xen.</returns>
    private static bool TryPlaceHypercalls()
    {
        HypervisorIdentity hypervisor = ProcessorIdentity.Hypervisor;
        if (hypervisor.Kind != HypervisorKind.Xen)
            return false;
        // The hypervisor writes the page's code behind the page tables' back, so the page stays r-x.
        uint register = X86.CpuId(hypervisor.FirstLeaf + HypercallLeaf).Ebx;
        X86.WriteMsr(register, XenHypercall.Page() - AddressSpace.ImageBase);
        return true;
    }

    /// <summary>A page that the toolstack placed beyond the memory; the direct map is made to reach it.</summary>
    private static byte* PageOf(PageTables pageTables, Hypercalls hypercalls, uint parameter)
    {
        ulong physical = Parameter(hypercalls, parameter) << 12;
        byte* page = AddressSpace.Direct(physical);
        if (pageTables.Find((ulong)page, out _) == 0)
            pageTables.Map((ulong)page, physical, FrameAllocator.FrameSize, PageFlags.Data);
        return page;
    }

    /// <summary>Has events interrupt, by a vector that nothing else in a domain uses.</summary>
    private static bool TrySetCallback(Hypercalls hypercalls)
    {
        ParameterRequest request = new()
        {
            Domain = (ushort)XenHypercall.DomainSelf, Index = CallbackInterrupt, Value = CallbackIsVector | InterruptTable.FirstVector,
        };
        return hypercalls.Call(HypercallNumber.HvmOp, SetParameter, (ulong)&request) == 0;
    }

    private static ulong Parameter(Hypercalls hypercalls, uint index)
    {
        ParameterRequest request = new() { Domain = (ushort)XenHypercall.DomainSelf, Index = index };
        hypercalls.Call(HypercallNumber.HvmOp, GetParameter, (ulong)&request);
        return request.Value;
    }

    /// <summary>struct xen_hvm_param.</summary>
    private struct ParameterRequest
    {
        public ushort Domain;
        public uint Index;
        public ulong Value;
    }
}
