using System.Threading;

namespace Guest.Pv.Xen;

/// <summary>The page that the hypervisor shares with a domain (xen.h, <c>shared_info</c>, x86-64 layout), and in it what belongs to
/// the first processor.</summary>
/// <remarks>The pointer must be to a whole page for the domain's life.</remarks>
public readonly unsafe struct SharedInfo(byte* page)
{
    /// <summary>Words in each of the two-level event bitmaps.</summary>
    public const int EventWords = 64;

    private const int UpcallPendingOffset = 0;
    private const int UpcallMaskOffset = 1;
    private const int PendingSelectorOffset = 8;
    private const int TimeOffset = 32;
    private const int PendingOffset = 2048;
    private const int MaskOffset = 2560;
    private const int WallClockVersionOffset = 3072;
    private const int WallClockSecondsOffset = 3076;
    private const int WallClockNanosecondsOffset = 3080;
    private const int WallClockSecondsHighOffset = 3084;

    /// <summary>Set by the hypervisor when an event is to be looked at.</summary>
    public byte* UpcallPending => page + UpcallPendingOffset;

    /// <summary>While 1, the hypervisor does not call this (PV) processor for events.</summary>
    public byte* UpcallMask => page + UpcallMaskOffset;

    /// <summary>A bit for every word of <see cref="Pending"/> in which something became pending.</summary>
    public ulong* PendingSelector => (ulong*)(page + PendingSelectorOffset);

    /// <summary>This processor's clock.</summary>
    public PvClockTimeInfo* Time => (PvClockTimeInfo*)(page + TimeOffset);

    /// <summary>A bit for every event channel that fired.</summary>
    public ulong* Pending => (ulong*)(page + PendingOffset);

    /// <summary>A bit for every event channel that is masked.</summary>
    public ulong* Mask => (ulong*)(page + MaskOffset);

    /// <summary>Nanoseconds since 1970-01-01 UTC when the hypervisor's own time was 0: the wall clock, under its sequence lock.</summary>
    public long UtcNanosecondsAtBoot()
    {
        while (true)
        {
            uint version = Volatile.Read(ref *(uint*)(page + WallClockVersionOffset));
            ulong seconds = Volatile.Read(ref *(uint*)(page + WallClockSecondsOffset));
            ulong high = Volatile.Read(ref *(uint*)(page + WallClockSecondsHighOffset));
            uint nanoseconds = Volatile.Read(ref *(uint*)(page + WallClockNanosecondsOffset));
            if ((version & 1) == 0 && Volatile.Read(ref *(uint*)(page + WallClockVersionOffset)) == version)
                return ((long)(seconds | (high << 32)) * 1_000_000_000) + nanoseconds;
        }
    }
}
