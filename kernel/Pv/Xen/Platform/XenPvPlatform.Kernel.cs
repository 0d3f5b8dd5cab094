using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>A Xen PV domain: no hardware of its own, page tables and exceptions by hypercall too.</summary>
public sealed unsafe class XenPvPlatform : XenPlatform
{
    private const ulong CallbackRegister = 0;
    private const int CallbackSize = 16;

    private readonly XenPageTables _pageTables;

    private XenPvPlatform(XenStartInfo* start, XenPageTables pageTables, XenDomain domain, byte* consolePage)
        : base(domain, consolePage, start->ConsolePort)
    {
        _pageTables = pageTables;
        if (consolePage != null)
            domain.OpenStore(PageOf(start->StoreFrame), start->StorePort);
    }

    /// <inheritdoc/>
    public override string Name => "xen-pv";

    /// <inheritdoc/>
    public override PageTables PageTables => _pageTables;

    /// <summary>Takes the domain over, after <see cref="XenPvMemory.TakeOver"/>.</summary>
    /// <param name="start">The start information, in the direct map.</param>
    /// <param name="tscAtEntry">The time-stamp counter when the kernel was entered: <see cref="Instant.Zero"/>.</param>
    public static XenPvPlatform Open(XenStartInfo* start, ulong tscAtEntry)
    {
        XenHypercalls hypercalls = new();
        hypercalls.Call(HypercallNumber.SetTrapTable, (ulong)XenHypercall.TrapTable());
        hypercalls.Call(HypercallNumber.CallbackOp, CallbackRegister, (ulong)XenHypercall.Callbacks());
        hypercalls.Call(HypercallNumber.CallbackOp, CallbackRegister, (ulong)(XenHypercall.Callbacks() + CallbackSize));
        XenPageTables pageTables = new();
        SharedInfo shared = new(pageTables.MapMachineFrame(start->SharedInfo >> 12));
        XenDomain domain = new(new XenPvMachine(pageTables, hypercalls), hypercalls, shared, tscAtEntry);
        bool first = (start->Flags & XenStartInfo.InitialDomain) != 0;
        return new XenPvPlatform(start, pageTables, domain, first ? null : PageOf(start->ConsoleFrame));
    }

    private static byte* PageOf(ulong machineFrame) =>
        AddressSpace.Direct(XenPvMemory.PseudoPhysicalFrame(machineFrame) << 12);
}
