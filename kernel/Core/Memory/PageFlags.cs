using System;

namespace Guest.Core.Memory;

/// <summary>What a page may be used for: bits of an x86-64 page-table entry (Intel SDM vol. 3, 4.5).</summary>
[Flags]
public enum PageFlags : ulong
{
    /// <summary>Readable, and executable unless <see cref="NoExecute"/> is set.</summary>
    Present = 1,

    /// <summary>Writable too.</summary>
    Writable = 1 << 1,

    /// <summary>Reachable from user mode: under Xen PV the kernel itself runs there.</summary>
    User = 1 << 2,

    /// <summary>Not cached: device registers.</summary>
    Uncached = (1 << 3) | (1 << 4),

    /// <summary>Maps 2 MiB or 1 GiB; set by <see cref="PageTables"/>, not by callers.</summary>
    Large = 1 << 7,

    /// <summary>Survives a change of page tables in the translation cache.</summary>
    Global = 1 << 8,

    /// <summary>Never executed.</summary>
    NoExecute = 1UL << 63,

    /// <summary>Code: r-x.</summary>
    Code = Present | Global,

    /// <summary>Constants: r--.</summary>
    Constants = Present | Global | NoExecute,

    /// <summary>Data: rw-.</summary>
    Data = Present | Writable | Global | NoExecute,

    /// <summary>Device registers: rw-, uncached.</summary>
    Device = Data | Uncached,
}
