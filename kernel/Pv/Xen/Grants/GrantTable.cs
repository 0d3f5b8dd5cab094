using System;
using System.Threading;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Xen;

/// <summary>The grant table: which pages which other domain may reach, entry by entry. References come from a free list and go back
/// only when the hypervisor says that nobody has the page mapped any more.</summary>
/// <remarks>A reference is 0 only in "none": the first eight are the toolstack's (GNTTAB_NR_RESERVED_ENTRIES).</remarks>
public sealed unsafe class GrantTable
{
    private const int Reserved = 8;
    private const int MostPages = 64;

    private readonly XenMachine _machine;
    private readonly GrantEntry*[] _pages = new GrantEntry*[MostPages];
    private readonly uint[]?[] _next = new uint[]?[MostPages];
    private int _pageCount;
    private uint _free;

    /// <summary>Uses the table that <paramref name="machine"/> makes reachable page by page, as it is needed.</summary>
    public GrantTable(XenMachine machine) => _machine = machine;

    /// <summary>How many references are handed out.</summary>
    public int InUse { get; private set; }

    /// <summary>Lets <paramref name="domain"/> reach a page.</summary>
    /// <param name="domain">The other domain.</param>
    /// <param name="page">A page of <see cref="Core.Memory.DeviceMemory"/>.</param>
    /// <param name="readOnly">Whether it may only read.</param>
    /// <param name="payer">The device for which it is done.</param>
    /// <returns>The reference, or 0 if the table is full.</returns>
    public uint Grant(ushort domain, void* page, bool readOnly, PathCounters payer)
    {
        if (_free == 0 && !TryGrow())
            return 0;
        uint reference = _free;
        _free = Next(reference);
        InUse++;
        payer.Count(PathEvent.GrantOperation);
        GrantEntry* entry = Entry(reference);
        entry->Frame = _machine.FrameOf(page);
        // The flags make the entry valid, so they come last.
        uint flags = GrantEntry.PermitAccess | (readOnly ? GrantEntry.ReadOnly : 0);
        Volatile.Write(ref entry->FlagsAndDomain, ((uint)domain << 16) | flags);
        return reference;
    }

    /// <summary>Ends access by a reference and takes the reference back.</summary>
    /// <returns>False if the other domain still has the page mapped: then it can still reach it, so the caller must keep the page, and ask
    /// again later.</returns>
    public bool TryEnd(uint reference, PathCounters payer)
    {
        GrantEntry* entry = Entry(reference);
        while (true)
        {
            uint seen = Volatile.Read(ref entry->FlagsAndDomain);
            if ((seen & GrantEntry.InUse) != 0)
                return false;
            // The hypervisor sets the flags of use by compare-exchange too: whoever comes second sees the other's change.
            if (Interlocked.CompareExchange(ref entry->FlagsAndDomain, 0, seen) == seen)
                break;
        }

        payer.Count(PathEvent.GrantOperation);
        Next(reference) = _free;
        _free = reference;
        InUse--;
        return true;
    }

    private GrantEntry* Entry(uint reference) => _pages[reference / GrantEntry.PerPage] + (reference % GrantEntry.PerPage);

    private ref uint Next(uint reference) => ref _next[reference / GrantEntry.PerPage]![reference % GrantEntry.PerPage];

    private bool TryGrow()
    {
        if (_pageCount == MostPages)
            return false;
        GrantEntry* page = _machine.MapGrantFrame(_pageCount);
        if (page == null)
            return false;
        _pages[_pageCount] = page;
        _next[_pageCount] = new uint[GrantEntry.PerPage];
        uint first = (uint)(_pageCount * GrantEntry.PerPage);
        _pageCount++;
        for (uint i = GrantEntry.PerPage; i-- > (first == 0 ? Reserved : 0u);)
        {
            Next(first + i) = _free;
            _free = first + i;
        }

        return true;
    }
}
