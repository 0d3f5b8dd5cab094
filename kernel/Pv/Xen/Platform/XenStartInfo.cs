using System.Runtime.InteropServices;

namespace Guest.Pv.Xen;

/// <summary>What Xen tells a PV domain at its start (xen.h, <c>start_info</c>).</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct XenStartInfo
{
    /// <summary>SIF_INITDOMAIN: this is the first domain.</summary>
    public const uint InitialDomain = 2;

    /// <summary>Pages that the domain has.</summary>
    [FieldOffset(32)]
    public ulong Pages;

    /// <summary>The machine address of the shared page.</summary>
    [FieldOffset(40)]
    public ulong SharedInfo;

    /// <summary>SIF_* flags.</summary>
    [FieldOffset(48)]
    public uint Flags;

    /// <summary>The machine frame shared with the store's daemon; 0 in the first domain.</summary>
    [FieldOffset(56)]
    public ulong StoreFrame;

    /// <summary>The event channel to it.</summary>
    [FieldOffset(64)]
    public uint StorePort;

    /// <summary>The machine frame shared with the console's daemon; means something else in the first domain.</summary>
    [FieldOffset(72)]
    public ulong ConsoleFrame;

    /// <summary>The event channel to it.</summary>
    [FieldOffset(80)]
    public uint ConsolePort;

    /// <summary>The virtual address of the bootstrap's top-level page table.</summary>
    [FieldOffset(88)]
    public ulong PageTableBase;

    /// <summary>The number of page-table frames that begin there.</summary>
    [FieldOffset(96)]
    public ulong PageTableFrames;

    /// <summary>The virtual address of the list of machine frames, one for each page.</summary>
    [FieldOffset(104)]
    public ulong FrameList;

    /// <summary>MAX_GUEST_CMDLINE. Whoever fills the field in cuts what is longer, and puts a zero byte last: a line that is one byte shorter may be
    /// a whole one or the beginning of another.</summary>
    public const int CommandLineBytes = 1024;

    /// <summary>The command line, up to a zero byte.</summary>
    [FieldOffset(128)]
    public fixed byte CommandLine[CommandLineBytes];
}
