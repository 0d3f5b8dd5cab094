using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Storage.Devices;

/// <summary>The pages of applications' buffers that a back end may reach. A page is granted when a request first names it, and stays so: a
/// request on memory that was used before costs a look into this table and no grant operation.</summary>
/// <remarks>Open addressing over the page's number; entries leave only when all do.</remarks>
internal sealed unsafe class BlkFrontGrants(XenDomain domain, PathCounters counters)
{
    /// <summary>Slots, a power of two; three quarters of them are used.</summary>
    private const int Slots = 8192;
    private const int MostPages = Slots / 4 * 3;
    private const int PageShift = 12;
    private const int HashShift = 64 - 13;

    private Grant[] _grants = new Grant[Slots];
    private Grant[] _others = new Grant[Slots];
    private ushort _grantedTo;

    /// <summary>How many pages are granted.</summary>
    public int Count { get; private set; }

    /// <summary>The reference by which a back end reaches the page of an address already, if that is found at the first look; else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Known(byte* address)
    {
        nuint page = (nuint)address >> PageShift;
        ref Grant grant = ref _grants[FirstSlot(page)];
        return grant.Page == page ? grant.Reference : 0;
    }

    /// <summary>The reference by which a back end reaches the page of an address; 0 if there can be no more.</summary>
    public uint Of(ushort backend, byte* address)
    {
        nuint page = (nuint)address >> PageShift;
        ref Grant grant = ref Find(page);
        if (grant.Reference != 0 || Count == MostPages)
            return grant.Reference;
        grant.Reference = domain.Grants.Grant(backend, (byte*)(page << PageShift), readOnly: false, counters);
        if (grant.Reference == 0)
            return 0;
        grant.Page = page;
        Count++;
        return grant.Reference;
    }

    /// <summary>Before a connection: what another back end still holds is of no use to this one, and is given up.</summary>
    public void Prepare(ushort backend)
    {
        if (backend != _grantedTo && !TryEndAll())
            MoveToOtherTable(keep: false);
        _grantedTo = backend;
    }

    /// <summary>Takes back every grant, except those of pages that the back end still has mapped.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndAll()
    {
        foreach (ref Grant grant in _grants.AsSpan())
        {
            if (grant.Reference != 0 && domain.Grants.TryEnd(grant.Reference, counters))
                grant = default;
        }

        MoveToOtherTable(keep: true);
        return Count == 0;
    }

    /// <summary>A table with gaps cannot be searched: what is left moves to an empty one.</summary>
    private void MoveToOtherTable(bool keep)
    {
        (_grants, _others) = (_others, _grants);
        _grants.AsSpan().Clear();
        Count = 0;
        if (!keep)
            return;
        foreach (Grant grant in _others)
        {
            if (grant.Reference == 0)
                continue;
            Find(grant.Page) = grant;
            Count++;
        }
    }

    /// <summary>Where a page's grant is, or would be put.</summary>
    private ref Grant Find(nuint page)
    {
        Grant[] grants = _grants;
        int slot = FirstSlot(page);
        while (grants[slot].Reference != 0 && grants[slot].Page != page)
            slot = (slot + 1) & (Slots - 1);
        return ref grants[slot];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstSlot(nuint page) => (int)(((ulong)page * 0x9e37_79b9_7f4a_7c15) >> HashShift);

    /// <summary>A page, by its number, and its reference; no reference is 0.</summary>
    private struct Grant
    {
        public nuint Page;
        public uint Reference;
    }
}
