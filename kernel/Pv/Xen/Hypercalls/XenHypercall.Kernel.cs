using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Guest.Pv.Xen;

/// <summary>The hypercall page's wrapper in XenPv.S; used directly only before <see cref="Hypercalls"/> can be.</summary>
internal static unsafe class XenHypercall
{
    /// <summary>DOMID_SELF.</summary>
    public const ulong DomainSelf = 0x7ff0;

    private static EarlyCounts s_early;

    /// <summary>How many hypercalls of a number <see cref="Invoke"/> made.</summary>
    public static long Early(int number) => s_early.Made[number];

    /// <summary>Makes a hypercall, and counts it apart.</summary>
    public static long Invoke(int number, ulong first, ulong second, ulong third, ulong fourth)
    {
        s_early.Made[number]++;
        return Raw((ulong)number, first, second, third, fourth);
    }

    /// <summary>Ends the domain as crashed, for a mistake before there is a console; Xen shows the text where it may.</summary>
    public static void Die(ReadOnlySpan<byte> text)
    {
        const uint crash = 3;
        const ulong shutdown = 2;
        uint reason = crash;
        fixed (byte* bytes = text)
        {
            Invoke(HypercallNumber.ConsoleIo, 0, (ulong)text.Length, (ulong)bytes, 0);
        }

        Invoke(HypercallNumber.SchedOp, shutdown, (ulong)&reason, 0, 0);
    }

    /// <summary>Makes a hypercall; who calls this counts it.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "xen_hypercall")]
    public static extern long Raw(ulong number, ulong first, ulong second, ulong third, ulong fourth);

    /// <summary>The hypercall page's address.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "xen_hypercall_page_address")]
    public static extern ulong Page();

    /// <summary>The exceptions' table, for set_trap_table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "xen_trap_table_address")]
    public static extern void* TrapTable();

    /// <summary>Two records for callback_op.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "xen_callbacks_address")]
    public static extern byte* Callbacks();

    private struct EarlyCounts
    {
        public fixed long Made[Hypercalls.Count];
    }
}
