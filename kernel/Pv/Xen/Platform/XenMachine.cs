namespace Guest.Pv.Xen;

/// <summary>What differs between a PV guest, a PVH guest and a test, as the rest of this folder needs it: how memory is named to the
/// hypervisor, and this processor's cycle counter.</summary>
public abstract unsafe class XenMachine
{
    /// <summary>The frame number by which a grant names the page at <paramref name="page"/>: the machine frame in a PV guest, the
    /// pseudo-physical one elsewhere.</summary>
    public abstract uint FrameOf(void* page);

    /// <summary>Makes the grant table's page number <paramref name="index"/> reachable.</summary>
    /// <returns>Its first entry, or null if the hypervisor gives no more pages.</returns>
    public abstract GrantEntry* MapGrantFrame(int index);

    /// <summary>Reads this processor's cycle counter.</summary>
    public abstract delegate*<ulong> ReadTimestamp { get; }
}
