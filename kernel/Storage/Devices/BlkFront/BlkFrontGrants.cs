using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Storage.Devices;

/// <summary>The pages of applications' buffers that a back end may reach. A page is granted when a request first names it, and stays so for
/// as long as there is room: a request on memory that was used lately costs a look into this table and no grant operation. When the budget is
/// spent, or the domain's grant table full, pages that no request names give their place up, those first that were not used for longest.</summary>
/// <remarks>Open addressing over the page's number. Which pages are idle the driver says (<see cref="Keep"/>) before any are given up: whoever
/// never needs more than the budget pays nothing for it.</remarks>
internal sealed unsafe class BlkFrontGrants(XenDomain domain, PathCounters counters)
{
    /// <summary>Slots, a power of two; three quarters of them are used.</summary>
    private const int Slots = 8192;
    private const int MostPages = Slots / 4 * 3;
    private const int PageShift = 12;
    private const int HashShift = 64 - 13;

    /// <summary>How many pages are given up at a time, where so many are idle: finding out which are is the dear part.</summary>
    private const int EvictAtATime = MostPages / 16;

    /// <summary>A page was used again since it was granted, or since the hand last came by: what passes by once gives way first.</summary>
    private const uint Recent = 1U << 31;

    /// <summary>A page is not to be given up.</summary>
    private const uint Held = 1U << 30;
    private const uint SearchMask = Held - 1;

    private readonly Grant[] _grants = new Grant[Slots];
    private ushort _grantedTo;

    /// <summary>Where the search for idle pages goes on: a clock's hand.</summary>
    private int _hand;

    /// <summary>Which search it is that <see cref="Keep"/> marks pages for.</summary>
    private uint _search;

    /// <summary>How many pages are granted.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the budget is spent.</summary>
    public bool IsFull => Count == MostPages;

    /// <summary>The reference by which a back end reaches the page of an address already, if that is found at the first look; else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Known(byte* address)
    {
        nuint page = (nuint)address >> PageShift;
        ref Grant grant = ref _grants[FirstSlot(page)];
        grant.Use |= Recent; // another page's, now and then, which does no harm
        return grant.Page == page ? grant.Reference : 0;
    }

    /// <summary>The reference by which a back end reaches the page of an address; 0 if there can be no more before some are given up.</summary>
    public uint Of(ushort backend, byte* address)
    {
        nuint page = (nuint)address >> PageShift;
        ref Grant grant = ref Find(page);
        grant.Use |= Recent;
        if (grant.Reference != 0 || IsFull)
            return grant.Reference;
        grant.Reference = domain.Grants.Grant(backend, (byte*)(page << PageShift), readOnly: false, counters);
        if (grant.Reference == 0)
            return 0;
        grant.Page = page;
        grant.Use = 0;
        Count++;
        return grant.Reference;
    }

    /// <summary>As <see cref="Of"/>, for a page that is given up only when all are.</summary>
    public uint Hold(ushort backend, byte* address)
    {
        uint reference = Of(backend, address);
        if (reference != 0)
            Find((nuint)address >> PageShift).Use |= Held;
        return reference;
    }

    /// <summary>Begins to look for pages to give up: all that <see cref="Keep"/> does not name from now on are idle.</summary>
    public void BeginEviction()
    {
        // After a billion searches their numbers begin anew.
        if (++_search <= SearchMask)
            return;
        _search = 1;
        foreach (ref Grant grant in _grants.AsSpan())
            grant.Use &= ~SearchMask;
    }

    /// <summary>Says that a request names the page of an address.</summary>
    public void Keep(byte* address)
    {
        ref Grant grant = ref Find((nuint)address >> PageShift);
        if (grant.Reference != 0)
            grant.Use = (grant.Use & ~SearchMask) | _search;
    }

    /// <summary>Gives up idle pages, as many as it gives up at a time if there are so many. Those that the back end has mapped are none: it
    /// keeps what it uses often, and this side cannot take it away.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryEvict()
    {
        // In the first round pages lose the mark of recent use, in the second their place.
        int before = Count;
        int most = Math.Max(0, before - EvictAtATime);
        for (int looks = 2 * Slots; looks > 0 && Count > most; looks--)
        {
            ref Grant grant = ref _grants[_hand];
            bool isIdle = grant.Reference != 0 && (grant.Use & Held) == 0 && (grant.Use & SearchMask) != _search;
            if (isIdle && (grant.Use & Recent) == 0 && domain.Grants.TryEnd(grant.Reference, counters))
            {
                Remove(_hand);
                continue;
            }

            if (isIdle)
                grant.Use &= ~Recent;
            _hand = (_hand + 1) & (Slots - 1);
        }

        return Count != before;
    }

    /// <summary>Before a connection: what another back end still holds is of no use to this one, and is given up.</summary>
    public void Prepare(ushort backend)
    {
        if (backend != _grantedTo && !TryEndAll())
        {
            _grants.AsSpan().Clear();
            Count = 0;
        }

        _grantedTo = backend;
    }

    /// <summary>Takes back every grant, except those of pages that the back end still has mapped.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndAll()
    {
        for (int slot = 0; slot < Slots && Count != 0;)
        {
            ref Grant grant = ref _grants[slot];
            grant.Use &= ~Held;
            if (grant.Reference != 0 && domain.Grants.TryEnd(grant.Reference, counters))
                Remove(slot); // and look again: another may have moved here
            else
                slot++;
        }

        return Count == 0;
    }

    /// <summary>Empties a slot, and moves the entries behind it up so that each is still found from where its page's search begins.</summary>
    private void Remove(int slot)
    {
        Grant[] grants = _grants;
        int gap = slot;
        for (int at = (gap + 1) & (Slots - 1); grants[at].Reference != 0; at = (at + 1) & (Slots - 1))
        {
            // It may move to the gap unless its search begins behind that.
            int first = FirstSlot(grants[at].Page);
            if (((at - first) & (Slots - 1)) < ((at - gap) & (Slots - 1)))
                continue;
            grants[gap] = grants[at];
            gap = at;
        }

        grants[gap] = default;
        Count--;
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

        /// <summary><see cref="Recent"/>, <see cref="Held"/>, and the number of the search in which a request named it last.</summary>
        public uint Use;
    }
}
