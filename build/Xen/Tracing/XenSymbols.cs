using System.Collections.Concurrent;
using Guest.Rig.Measure;

namespace Guest.Xen.Rig.Tracing;

/// <summary>The functions of a running machine's Xen and of its dom0's Linux, as they tell them themselves.</summary>
/// <param name="Xen">Xen's, which it tells dom0 (XENPF_get_symbol, public/platform.h).</param>
/// <param name="Linux">The kernel's, its modules' names behind their functions'.</param>
public sealed record XenSymbols(SymbolTable Xen, SymbolTable Linux)
{
    // Machines restored from one snapshot have all in the same place, and a kernel takes half a second to tell.
    private static readonly ConcurrentDictionary<string, XenSymbols> s_known = new();

    /// <summary>Asks a machine.</summary>
    public static XenSymbols Of(XenHost host) => s_known.GetOrAdd(
        host.Linux,
        _ => new(SymbolTable.Parse(host.Require("cat /proc/xen/xensyms")), SymbolTable.Parse(host.Require("cat /proc/kallsyms"))));
}
