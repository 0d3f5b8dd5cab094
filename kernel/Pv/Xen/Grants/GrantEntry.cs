using System.Runtime.InteropServices;

namespace Guest.Pv.Xen;

/// <summary>An entry of the grant table, version 1 (grant_table.h, <c>grant_entry_v1</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantEntry
{
    /// <summary>GTF_permit_access: the domain may map or copy the frame.</summary>
    public const uint PermitAccess = 1;

    /// <summary>GTF_readonly: it may only read it.</summary>
    public const uint ReadOnly = 4;

    /// <summary>GTF_reading | GTF_writing: set by the hypervisor while the domain has the frame mapped.</summary>
    public const uint InUse = 8 | 16;

    /// <summary>How many fit on a page.</summary>
    public const int PerPage = 512;

    /// <summary>The flags in the low half, the domain in the high half: one word, so that ending access is one compare-exchange.</summary>
    public uint FlagsAndDomain;

    /// <summary>The frame's number.</summary>
    public uint Frame;
}
